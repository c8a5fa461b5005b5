package io.blockwise.job.exchange;

import static io.blockwise.job.exchange.Ledgers.average;
import static io.blockwise.job.exchange.Ledgers.filled;
import static io.blockwise.job.exchange.Ledgers.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.testing.RandomSeed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Everything that is no good message, and good ones in between. */
@Timeout(60)
class ExchangeRouterFuzzTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final int MESSAGES = 100_000;
  private static final int[] LENGTHS = {2000, 17};
  private static final long MEMORY = 40_000;
  private static final int WORKERS = 3;

  private final Random random = SEED.random();
  private int sent;

  @Test
  void nothingThrowsNothingIsUncountedAndNothingPilesUp() throws Exception {
    List<BlockLedger> ledgers = Ledgers.zeros("run", average(), LENGTHS);
    try (Wire wire = new Wire()) {
      ExchangeServer server = wire.serve("run", ledgers, Wire.NOBODY, MEMORY);
      wire.serve("closed", Ledgers.zeros("closed", average(), 3)).close();
      PluginExchange worker = wire.exchange();
      for (int number = 0; number < WORKERS; number++) {
        worker.open(lease("run", number));
      }
      long before = wire.router.messages().messages();
      long bytes = wire.router.messages().bytesReceived();
      for (int i = 0; i < MESSAGES; i++) {
        Object message = message();
        bytes += message instanceof byte[] some ? some.length : 0;
        byte[] reply = wire.router.receive(message);
        assertThat(server.heldBytes()).isBetween(0L, MEMORY);
        if (reply == null) {
          assertThat(message).isInstanceOf(byte[].class); // signs of life want no answer
          assertThat(Message.Kind.values()[((byte[]) message)[9]])
              .isIn(Message.Kind.FIGURES, Message.Kind.EVALUATES);
        } else {
          assertThat(Status.of(reply[0])).isPresent().isNotEqualTo(Status.FAILED);
        }
      }
      MessageCounts counts = wire.router.messages();
      assertThat(counts.messages()).isEqualTo(before + MESSAGES);
      assertThat(counts.bytesReceived()).isEqualTo(bytes);
      assertThat(counts.of(Status.FAILED)).isZero();
      assertThat(counts.of(Status.MALFORMED) + counts.of(Status.TRUNCATED)).isGreaterThan(1000);
      assertThat(counts.of(Status.OVERSIZED)).isGreaterThan(1000);
      assertThat(counts.of(Status.UNKNOWN_RUN) + counts.of(Status.CLOSED)).isGreaterThan(1000);
      assertThat(counts.of(Status.FENCED)).isPositive();
      assertStillAtWork(worker);
    }
    assertThat(ledgers).allMatch(ledger -> ledger.state().value().isFinite());
    PushCounts pushes = Ledgers.counts(ledgers);
    assertThat(pushes.received())
        .isEqualTo(
            pushes.accepted()
                + pushes.dropped()
                + pushes.duplicate()
                + pushes.fenced()
                + pushes.refused());
    assertThat(pushes.accepted()).isGreaterThan(100);
    for (BlockLedger ledger : ledgers) {
      assertThat(ledger.state().version()).isEqualTo(ledger.counts().accepted());
    }
  }

  private static void assertStillAtWork(PluginExchange exchange) throws Exception {
    LeaseAttempt lease = new LeaseAttempt("run", 0, 1000, 1);
    long version = exchange.open(lease).get(0).state().version();
    Reply reply =
        ParameterExchangeContract.settled(
            exchange, Ledgers.delta(lease, 1, 1, version, filled(LENGTHS[0], 1)));
    assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(reply.state().version()).isGreaterThan(version);
  }

  private Object message() {
    return switch (random.nextInt(8)) {
      case 0 -> randomBytes(random.nextInt(200));
      case 1 -> truncated(good("run"));
      case 2 -> flipped(good("run"));
      case 3 -> good(random.nextBoolean() ? "closed" : "unknown");
      case 4 -> oversized();
      case 5 -> wrongType();
      case 6 -> strange();
      default -> good("run");
    };
  }

  private static LeaseAttempt lease(String run, int worker) {
    return new LeaseAttempt(run, worker, 1, 1);
  }

  /** What a worker could send, though seldom at the right moment. */
  private byte[] good(String run) {
    LeaseAttempt lease = new LeaseAttempt(run, random.nextInt(WORKERS), 1, random.nextInt(2));
    int block = 1 + random.nextInt(LENGTHS.length);
    return switch (random.nextInt(13)) {
      case 0 -> Message.withoutBody(Message.Kind.OPEN, lease, block, random.nextInt(1000));
      case 1 -> Message.withoutBody(Message.Kind.RUN, lease, 0, 0);
      case 2 ->
          // seldom: nothing of a lease that has ended is folded any more
          random.nextInt(2000) == 0
              ? Message.withoutBody(Message.Kind.CLOSE, lease, block, 0)
              : fetch(lease);
      case 3 -> {
        ByteBuffer value =
            Message.begin(Message.Kind.VALUE, lease, block, random.nextInt(5), Integer.BYTES);
        yield Message.end(value.putInt(random.nextInt(4) - 1));
      }
      case 4 ->
          Message.figures(
              lease, random.nextInt(9), new NetworkFigures(3, List.of(figures(), figures())));
      case 5, 6 -> fetch(lease);
      case 7 ->
          Message.withBody(
              Message.Kind.EVALUATES, lease, 0, random.nextInt(1000), random.nextLong());
      default -> piece(lease, block, LENGTHS[block - 1], 1 + sent++ / 100 + random.nextInt(3));
    };
  }

  private BlockFigures figures() {
    return new BlockFigures(List.of(new BlockFigures.Sum("loss", 1, random.nextBoolean())), 2, 1);
  }

  private byte[] fetch(LeaseAttempt lease) {
    int sequence = sent / 100 + random.nextInt(3);
    return Message.withBody(Message.Kind.FETCH, lease, 1, sequence, random.nextInt(1000));
  }

  /** A piece of a push; blocks of 2000 values come in two or three. */
  private byte[] piece(LeaseAttempt lease, int block, int values, long sequence) {
    Push push =
        Ledgers.push(
            lease, block, sequence, 0, Push.Kind.DELTA, Codec.FP32, random(values, sequence));
    PushHeader header = PushHeader.of(push);
    int piece = 4000;
    int offset = piece * random.nextInt(Math.max(1, (int) header.bytes() / piece));
    int count = (int) Math.min(piece, header.bytes() - offset);
    ByteBuffer message =
        Message.begin(Message.Kind.PUSH, lease, block, sequence, PushHeader.BYTES + count);
    header.write(message);
    message.putLong(offset);
    return Message.end(message.put(body(push), offset, count));
  }

  private static byte[] body(Push push) {
    PushHeader header = PushHeader.of(push);
    byte[] body = new byte[(int) header.bytes()];
    ByteBuffer into = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    push.values().write(0, (int) header.valueBytes(), into);
    push.statistics().write(0, Ledgers.STATISTICS, into);
    return body;
  }

  /** A well-formed message with a length that must never be allocated. */
  private byte[] oversized() {
    PushHeader header =
        new PushHeader(
            1,
            Push.Kind.DELTA,
            Codec.FP32,
            false,
            0,
            1,
            Integer.MAX_VALUE - random.nextInt(100),
            random.nextInt(),
            Push.Timing.UNKNOWN,
            random.nextBoolean() ? 0 : Integer.MAX_VALUE - random.nextInt(100));
    ByteBuffer message =
        Message.begin(
            Message.Kind.PUSH,
            lease("run", random.nextInt(WORKERS)),
            1,
            1,
            header.bytesInFront() + 8);
    header.write(message);
    return Message.end(message.putLong(random.nextLong()).putLong(random.nextLong()));
  }

  /** Valid check sums around invalid fields. */
  private byte[] strange() {
    Message.Kind[] kinds = Message.Kind.values();
    int body = 1 + random.nextInt(60); // without one it might well end a lease
    ByteBuffer message =
        Message.begin(
            kinds[random.nextInt(kinds.length)],
            lease("run", random.nextInt(WORKERS)),
            random.nextInt(5) - 1,
            random.nextInt(10) - 1,
            body);
    return Message.end(message.put(randomBytes(body)));
  }

  private byte[] truncated(byte[] message) {
    return Arrays.copyOf(message, random.nextInt(message.length));
  }

  private byte[] flipped(byte[] message) {
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return message;
  }

  private Object wrongType() {
    return switch (random.nextInt(5)) {
      case 0 -> "a text";
      case 1 -> new int[] {1, 2, 3};
      case 2 -> List.of(new byte[0]);
      case 3 -> random.nextInt();
      default -> null;
    };
  }

  private byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
