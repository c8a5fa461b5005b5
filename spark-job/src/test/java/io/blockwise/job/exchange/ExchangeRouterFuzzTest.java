package io.blockwise.job.exchange;

import static io.blockwise.job.exchange.Ledgers.average;
import static io.blockwise.job.exchange.Ledgers.filled;
import static io.blockwise.job.exchange.Ledgers.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
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
import java.util.ArrayList;
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
  private static final int WITH_TABLE = LENGTHS.length + 1;
  private static final int ROWS = 60;
  private static final int WIDTH = 24;
  private static final long MEMORY = 40_000;
  private static final int WORKERS = 3;

  /** Of old values that are read, for which room is always made. */
  private static final long MOST_PINNED = WORKERS * 8100;

  private final Random random = SEED.random();
  private int origin;
  private int sent;

  @Test
  void nothingThrowsNothingIsUncountedAndNothingPilesUp() throws Exception {
    List<BlockLedger> ledgers = new ArrayList<>(Ledgers.zeros("run", average(), LENGTHS));
    ledgers.add(Ledgers.withTable("run", WITH_TABLE, average(), ROWS, WIDTH));
    origin = ledgers.get(WITH_TABLE - 1).state().table().origin();
    ExchangeServer server;
    try (Wire wire = new Wire()) {
      server = wire.serve("run", ledgers, Wire.NOBODY, MEMORY);
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
        assertThat(server.heldBytes()).isBetween(0L, MEMORY + MOST_PINNED);
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
      assertThat(counts.of(Status.REFUSED)).isPositive();
      assertStillAtWork(worker);
    }
    assertThat(server.heldBytes()).isZero();
    assertThat(ledgers).allMatch(ledger -> ledger.state().parameters().isFinite());
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
    BlockState opening = exchange.open(lease).get(WITH_TABLE - 1).state();
    Push rows =
        Ledgers.rows(
            lease, WITH_TABLE, 1, opening.version(), Push.Kind.DELTA, Codec.FP32, WIDTH, 1, 0, 59);
    Reply ofRows = ParameterExchangeContract.settled(exchange, rows);
    assertThat(ofRows.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(opening.table().followedBy(ofRows.state().table()).row(59)[3])
        .isGreaterThan(opening.table().row(59)[3]);
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
    int block = 1 + random.nextInt(WITH_TABLE);
    return switch (random.nextInt(13)) {
      case 0 -> open(lease, block);
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
              lease,
              random.nextInt(9),
              new NetworkFigures(3, List.of(figures(), figures(), figures())));
      case 5, 6 -> fetch(lease);
      case 7 ->
          Message.withBody(
              Message.Kind.EVALUATES, lease, 0, random.nextInt(1000), random.nextLong());
      default -> piece(push(lease, block, 1 + sent++ / 100 + random.nextInt(3)));
    };
  }

  /** Of who knows nothing, something, or what cannot be. */
  private byte[] open(LeaseAttempt lease, int block) {
    int question = random.nextInt(1000);
    if (block < WITH_TABLE) {
      return Message.withoutBody(Message.Kind.OPEN, lease, block, question);
    }
    int length = Long.BYTES + Integer.BYTES;
    ByteBuffer message = Message.begin(Message.Kind.OPEN, lease, block, question, length);
    long version = random.nextBoolean() ? random.nextInt(20) - 3 : random.nextLong();
    return Message.end(message.putLong(version).putInt(random.nextBoolean() ? origin : 1));
  }

  private BlockFigures figures() {
    return new BlockFigures(List.of(new BlockFigures.Sum("loss", 1, random.nextBoolean())), 2, 1);
  }

  private byte[] fetch(LeaseAttempt lease) {
    int sequence = sent / 100 + random.nextInt(3);
    int block = random.nextBoolean() ? 1 : WITH_TABLE;
    return Message.withBody(Message.Kind.FETCH, lease, block, sequence, random.nextInt(1000));
  }

  private Push push(LeaseAttempt lease, int block, long sequence) {
    if (block < WITH_TABLE) {
      FloatVector values = random(LENGTHS[block - 1], sequence);
      return Ledgers.push(lease, block, sequence, 0, Push.Kind.DELTA, Codec.FP32, values);
    }
    // seldom one that the table does not have
    int below = random.nextInt(4) == 0 ? ROWS + 2 : ROWS;
    int[] rows = random.ints(random.nextInt(50), 0, below).sorted().distinct().toArray();
    return Ledgers.rows(
        lease, block, sequence, 0, Push.Kind.DELTA, Codec.FP32, WIDTH, random.nextFloat(), rows);
  }

  /** A piece of a push; many come in two or three. */
  private byte[] piece(Push push) {
    PushHeader header = PushHeader.of(push);
    int piece = 4000;
    int offset = piece * random.nextInt(Math.max(1, (int) header.bytes() / piece));
    int count = (int) Math.min(piece, header.bytes() - offset);
    ByteBuffer message =
        Message.begin(
            Message.Kind.PUSH,
            push.lease(),
            push.block(),
            push.sequence(),
            header.bytesInFront() + count);
    header.write(message);
    message.putLong(offset);
    return Message.end(message.put(body(push), offset, count));
  }

  private byte[] body(Push push) {
    PushHeader header = PushHeader.of(push);
    byte[] body = new byte[(int) header.bytes()];
    ByteBuffer into = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    push.values().write(0, (int) header.valueBytes(), into);
    push.statistics().write(0, Ledgers.STATISTICS, into);
    for (int number : push.rows().shared()) {
      into.putInt(random.nextInt(200) == 0 ? random.nextInt() : number); // seldom in order
    }
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
