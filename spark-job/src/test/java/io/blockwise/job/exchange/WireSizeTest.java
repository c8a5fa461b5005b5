package io.blockwise.job.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.exchange.executor.DriverLink;
import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is calculated, against the messages of a real exchange. */
@Timeout(60)
class WireSizeTest {
  private static final String RUN = "a-run";
  private static final LeaseAttempt LEASE = new LeaseAttempt(RUN, 0, 1, 1);
  private static final LeaseAttempt OTHER = new LeaseAttempt(RUN, 1, 1, 1);

  private final List<Sent> sent = new CopyOnWriteArrayList<>();
  private final ExchangeRouter router = new ExchangeRouter();
  private final PluginExchange exchange = new PluginExchange(link(), Message.CHUNK_BYTES);
  private ExchangeServer server;

  /** A message and its answer. */
  private record Sent(Message.Kind kind, WireSize size) {}

  @AfterEach
  void close() {
    exchange.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1, FP32", // with the answer
    "1000, FP16",
    "65532, FP32", // the largest that comes with the answer
    "65533, FP32", // is asked for
    "2500000, FP32", // in three pieces, each way
    "2500000, FP16", // there in two
    "2500000, BF16",
    "4097, INT8", // with two scales
    "5000000, INT8", // in two pieces, the first of which ends within a chunk
    "4097, INT4", // of which one shares its byte with nothing
    "9000000, INT4",
  })
  void aPushAndItsAnswerTakeWhatIsCalculated(int values, Codec codec) throws Exception {
    serve(values);
    exchange.open(LEASE);
    exchange.open(OTHER);
    sent.clear();
    assertThat(push(values, codec, Push.Kind.DELTA).verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(size()).isEqualTo(WireSize.ofPush(RUN, values, Ledgers.STATISTICS, codec, true));
  }

  @Test
  void theCopyOfAWorkerThatIsAloneComesBackAsAWord() throws Exception {
    serve(100_000);
    exchange.open(LEASE);
    sent.clear();
    assertThat(push(100_000, Codec.FP32, Push.Kind.COPY).yours()).isTrue();
    assertThat(size())
        .isEqualTo(WireSize.ofPush(RUN, 100_000, Ledgers.STATISTICS, Codec.FP32, false));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_532, 65_533, 2_500_000})
  void theBeginningAndTheEndOfALeaseTakeWhatIsCalculated(int values) throws Exception {
    serve(values);
    exchange.open(LEASE);
    exchange.close(LEASE, 1);
    while (sent.stream().noneMatch(one -> one.kind() == Message.Kind.CLOSE)) {
      Thread.onSpinWait(); // nobody waits for it, so nobody is told
    }
    assertThat(size()).isEqualTo(WireSize.ofLease(RUN, values, Ledgers.STATISTICS));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 3000})
  void theBeginningOfALeaseBringsTheRowsThatHaveChanged(int changed) throws Exception {
    BlockLedger ledger = Ledgers.withTable(RUN, Ledgers.average(), 5000, 300);
    KnownTable known = new KnownTable(0, ledger.state().table().origin());
    serve(List.of(ledger));
    exchange.open(OTHER);
    int[] numbers = IntStream.range(0, changed).toArray();
    push(Ledgers.rows(OTHER, 1, 0, Push.Kind.DELTA, Codec.FP32, 300, 1, numbers));
    sent.clear();
    exchange.open(LEASE, List.of(known));
    exchange.close(LEASE, 1);
    while (sent.stream().noneMatch(one -> one.kind() == Message.Kind.CLOSE)) {
      Thread.onSpinWait(); // nobody waits for it, so nobody is told
    }
    assertThat(size()).isEqualTo(WireSize.ofLease(RUN, 5, Ledgers.STATISTICS, 300, changed));
  }

  @ParameterizedTest
  @CsvSource({
    "30, 20, FP32", // with the answer
    "30, 0, FP16", // of no row, which is a push without rows
    "3000, 2500, INT8", // in pieces
    "9000, 9000, FP32",
  })
  void rowsOfATableTakeWhatIsCalculated(int rows, int pushed, Codec codec) throws Exception {
    serve(List.of(Ledgers.withTable(RUN, Ledgers.average(), rows, 300)));
    exchange.open(LEASE);
    exchange.open(OTHER);
    sent.clear();
    int[] numbers = IntStream.range(rows - pushed, rows).toArray();
    push(Ledgers.rows(LEASE, 1, 0, Push.Kind.DELTA, codec, 300, 1, numbers));
    assertThat(size())
        .isEqualTo(WireSize.ofRows(RUN, 5, Ledgers.STATISTICS, codec, 300, pushed, pushed));
  }

  private void serve(int values) {
    serve(Ledgers.zeros(RUN, Ledgers.average(), values));
  }

  private void serve(List<BlockLedger> ledgers) {
    server =
        new ExchangeServer(
            router,
            RUN,
            ledgers,
            Wire.WORKERS,
            Wire.NOBODY,
            new ExchangeLimits(
                Message.CHUNK_BYTES,
                new MemoryBudget(64 << 20),
                Duration.ofMinutes(1),
                System::nanoTime));
    router.open(RUN, server);
  }

  private Reply push(int values, Codec codec, Push.Kind kind) throws Exception {
    return push(Ledgers.push(LEASE, 1, 1, 0, kind, codec, Ledgers.filled(values, 1)));
  }

  private Reply push(Push push) throws Exception {
    Reply unused = exchange.push(push).get();
    return exchange.await(new Fetch(push.lease(), 1, 1), ParameterExchangeContract.PATIENCE);
  }

  /** Of all messages, but of repeated questions only the last: the driver may be at work. */
  private WireSize size() {
    Map<Message.Kind, WireSize> questions = new EnumMap<>(Message.Kind.class);
    WireSize pieces = WireSize.NONE;
    for (Sent one : sent) {
      if (one.kind() == Message.Kind.PUSH || one.kind() == Message.Kind.VALUE) {
        pieces = pieces.plus(one.size());
      } else {
        questions.put(one.kind(), one.size());
      }
    }
    return questions.values().stream().reduce(pieces, WireSize::plus);
  }

  private DriverLink link() {
    return new DriverLink() {
      @Override
      public Object ask(byte[] message) {
        byte[] answer = router.receive(message.clone());
        sent.add(
            new Sent(
                Message.Kind.values()[message[9]], new WireSize(message.length, answer.length)));
        return answer;
      }

      @Override
      public void send(byte[] message) {
        throw new AssertionError("nothing is said that needs no answer");
      }
    };
  }
}
