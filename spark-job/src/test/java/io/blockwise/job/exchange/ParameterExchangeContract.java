package io.blockwise.job.exchange;

import static io.blockwise.job.exchange.Ledgers.average;
import static io.blockwise.job.exchange.Ledgers.bySpeed;
import static io.blockwise.job.exchange.Ledgers.delta;
import static io.blockwise.job.exchange.Ledgers.filled;
import static io.blockwise.job.exchange.Ledgers.grace;
import static io.blockwise.job.exchange.Ledgers.lockStep;
import static io.blockwise.job.exchange.Ledgers.push;
import static io.blockwise.job.exchange.Ledgers.random;
import static io.blockwise.job.exchange.Ledgers.statistics;
import static io.blockwise.job.exchange.Ledgers.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker may rely on, whatever carries its messages. */
@Timeout(60)
abstract class ParameterExchangeContract extends TableExchangeContract {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String RUN = "run";
  private static final LeaseAttempt FIRST = new LeaseAttempt(RUN, 0, 1, 17);
  private static final LeaseAttempt SECOND = new LeaseAttempt(RUN, 1, 1, 18);

  private List<BlockLedger> ledgers;
  private ParameterExchange exchange;

  private void serve(AveragingOptions options, int... lengths) {
    ledgers = Ledgers.zeros(RUN, options, lengths);
    exchange = exchange(RUN, ledgers);
  }

  private Reply settled(Push push) throws Exception {
    return settled(exchange, push);
  }

  static Reply settled(ParameterExchange exchange, Push push) throws Exception {
    Reply reply = exchange.push(push).get();
    if (reply.decides(push.sequence())) {
      return reply;
    }
    return exchange.await(new Fetch(push.lease(), push.block(), push.sequence()), PATIENCE);
  }

  @Test
  void openingSaysWhereToStartForEveryBlock() throws Exception {
    serve(average(), 3, 0, 5);
    List<Reply> replies = exchange.open(FIRST);
    assertThat(replies).extracting(Reply::block).containsExactly(1, 2, 3);
    for (int k = 0; k < 3; k++) {
      assertThat(replies.get(k).state()).isEqualTo(ledgers.get(k).state());
      assertThat(replies.get(k).members()).isEqualTo(1);
      assertThat(replies.get(k).verdict()).isEqualTo(Verdict.NONE);
    }
  }

  @Test
  void aLeaseMayBeOpenedOnARangeOfTheBlocks() throws Exception {
    serve(average(), 3, 2, 5, 4);
    List<Reply> replies = exchange.open(FIRST, 2, List.of(KnownTable.NOTHING, KnownTable.NOTHING));
    assertThat(replies).extracting(Reply::block).containsExactly(2, 3);
    assertThat(replies.get(1).state()).isEqualTo(ledgers.get(2).state());
    assertThat(settled(delta(FIRST, 3, 1, 0, random(5, 1))).verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(ledgers).extracting(BlockLedger::members).containsExactly(0, 1, 1, 0);
  }

  @Test
  void pushIsFoldedAndItsValueComesBack() throws Exception {
    serve(average(), 3, 5);
    exchange.open(FIRST);
    FloatVector values = random(5, 1);
    Reply reply = settled(delta(FIRST, 2, 1, 0, values));
    assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(reply.block()).isEqualTo(2);
    assertThat(reply.ownExamples()).isEqualTo(10);
    assertThat(reply.state()).isEqualTo(new BlockState(1, values, statistics(1)));
    assertThat(ledgers.get(1).state()).isEqualTo(reply.state());
    assertThat(ledgers.get(0).state().version()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4097, 300_001})
  void whatACodecMakesOfAPushIsFoldedAsItWasSentAndOnceIfItComesTwice(int length) throws Exception {
    Codec[] codecs = Codec.values();
    int[] lengths = new int[codecs.length];
    Arrays.fill(lengths, length);
    serve(average(), lengths);
    exchange.open(FIRST);
    for (Codec codec : codecs) {
      int block = codec.ordinal() + 1;
      Push push = push(FIRST, block, 1, 0, Push.Kind.DELTA, codec, random(length, block));
      FloatVector expected = addedToZero(push.values());
      assertThat(settled(push).state().value()).isEqualTo(expected);
      Reply again = settled(push);
      assertThat(again.verdict()).isEqualTo(Verdict.FOLDED);
      assertThat(again.state()).isEqualTo(ledgers.get(block - 1).state());
      assertThat(again.state().value()).isEqualTo(expected);
      assertThat(again.ownExamples()).isEqualTo(10);
      // whatever was sent before an answer from the ledger itself has been counted
      exchange.await(new Fetch(FIRST, block, 0), PATIENCE);
      assertThat(ledgers.get(block - 1).counts().accepted()).isEqualTo(1);
      assertThat(ledgers.get(block - 1).counts().duplicate()).isEqualTo(1);
    }
  }

  /** Which is the same, but for a zero with a sign. */
  private static FloatVector addedToZero(Payload payload) {
    float[] values = payload.decode();
    for (int i = 0; i < values.length; i++) {
      values[i] += 0f;
    }
    return FloatVector.copyOf(values);
  }

  @Test
  void replacedAttemptIsFenced() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    settled(delta(FIRST, 1, 1, 0, filled(4, 1)));
    LeaseAttempt retried = new LeaseAttempt(RUN, 0, 1, 99);
    exchange.open(retried);
    assertThat(settled(delta(FIRST, 1, 2, 1, filled(4, 1))).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(exchange.fetch(new Fetch(FIRST, 1, 0)).get().verdict()).isEqualTo(Verdict.FENCED);
    assertThat(exchange.open(FIRST)).extracting(Reply::verdict).containsExactly(Verdict.FENCED);
    exchange.close(FIRST, 1); // must not end the newer one
    assertThat(settled(delta(retried, 1, 1, 1, filled(4, 1))).verdict()).isEqualTo(Verdict.FOLDED);
    PushCounts counts = ledgers.get(0).counts();
    assertThat(counts.accepted()).isEqualTo(2);
    assertThat(counts.fenced()).isEqualTo(1);
    assertThat(counts.received()).isEqualTo(3);
  }

  @Test
  void leaseThatWasNeverOpenedIsFenced() throws Exception {
    serve(average(), 4);
    assertThat(settled(delta(FIRST, 1, 1, 0, filled(4, 1))).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(exchange.fetch(new Fetch(FIRST, 1, 1)).get().verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledgers.get(0).state().version()).isZero();
  }

  @Test
  void leaseThatTheDriverEndsIsFenced() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    settled(delta(FIRST, 1, 1, 0, filled(4, 1)));
    ledgers.get(0).retire(0, 1);
    assertThat(settled(delta(FIRST, 1, 2, 1, filled(4, 1))).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledgers.get(0).counts().fenced()).isEqualTo(1);
  }

  @Test
  void helloThatIsRepeatedIsAnsweredWithTheNewestState() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    settled(delta(FIRST, 1, 1, 0, filled(4, 1)));
    assertThat(exchange.open(FIRST).get(0).state()).isEqualTo(ledgers.get(0).state());
    assertThat(settled(delta(FIRST, 1, 2, 1, filled(4, 1))).verdict()).isEqualTo(Verdict.FOLDED);
  }

  @Test
  void fetchingTheNewestSeesWhatOthersHaveDone() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    settled(delta(SECOND, 1, 1, 0, filled(4, 1)));
    Reply newest = exchange.await(new Fetch(FIRST, 1, 0), PATIENCE);
    assertThat(newest.state()).isEqualTo(ledgers.get(0).state());
    assertThat(newest.otherExamples()).isEqualTo(10);
    assertThat(newest.members()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1023, 65_537, 300_001})
  void valuesOfAnySizeArriveBitForBit(int length) throws Exception {
    serve(average(), length);
    exchange.open(FIRST);
    for (int sequence = 1; sequence <= 2; sequence++) {
      Reply reply = settled(delta(FIRST, 1, sequence, sequence - 1, random(length, sequence)));
      assertThat(reply.state()).isEqualTo(ledgers.get(0).state());
      assertThat(reply.state().version()).isEqualTo(sequence);
    }
    assertThat(exchange.open(FIRST).get(0).state()).isEqualTo(ledgers.get(0).state());
  }

  @Test
  void runsDoNotMix() throws Exception {
    serve(average(), 4);
    List<BlockLedger> others = Ledgers.zeros("another", average(), 6, 7);
    ParameterExchange another = exchange("another", others);
    LeaseAttempt there = new LeaseAttempt("another", 0, 1, 1);
    assertThat(exchange.open(FIRST)).hasSize(1);
    assertThat(another.open(there)).hasSize(2);
    settled(delta(FIRST, 1, 1, 0, filled(4, 1)));
    settled(another, delta(there, 1, 1, 0, filled(6, 2)));
    settled(another, delta(there, 1, 2, 1, filled(6, 2)));
    assertThat(ledgers.get(0).state().value()).isEqualTo(filled(4, 1));
    assertThat(others.get(0).state().value()).isEqualTo(filled(6, 4));
    assertThat(ledgers.get(0).counts().received()).isEqualTo(1);
  }

  @Test
  void copyOfALoneWorkerIsYours() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    FloatVector values = random(4, 7);
    Reply reply = settled(push(FIRST, 1, 1, 0, Push.Kind.COPY, Codec.FP32, values));
    assertThat(reply.verdict()).isEqualTo(Verdict.COPIED);
    assertThat(reply.yours()).isTrue();
    assertThat(reply.state().version()).isEqualTo(1);
    assertThat(reply.state().value().length()).as("nothing to adopt").isZero();
    assertThat(ledgers.get(0).state().value()).isEqualTo(values);
  }

  @Test
  void copyIsRefusedIfTheValueHasMoved() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    settled(delta(FIRST, 1, 1, 0, filled(4, 1)));
    Reply reply = settled(push(FIRST, 1, 2, 0, Push.Kind.COPY, Codec.FP32, filled(4, 9)));
    assertThat(reply.verdict()).isEqualTo(Verdict.COPY_REFUSED);
    assertThat(ledgers.get(0).state().value()).isEqualTo(filled(4, 1));
  }

  @Test
  void nonFinitePushIsRefusedAndTheValueStays() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    for (Codec codec : Codec.values()) {
      int sequence = codec.ordinal() + 1;
      FloatVector wrong = filled(4, codec == Codec.INT8 ? Float.NaN : Float.POSITIVE_INFINITY);
      assertThat(settled(push(FIRST, 1, sequence, 0, Push.Kind.DELTA, codec, wrong)).verdict())
          .isEqualTo(Verdict.NON_FINITE);
    }
    assertThat(exchange.await(new Fetch(FIRST, 1, 0), PATIENCE).state())
        .isEqualTo(ledgers.get(0).state());
    assertThat(ledgers.get(0).state().value()).isEqualTo(filled(4, 0));
  }

  @Test
  void pushOnAVersionThatDoesNotExistIsAnErrorOfItsSenderOnly() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    assertThatThrownBy(() -> settled(delta(FIRST, 1, 1, 5, filled(4, 1))))
        .satisfiesAnyOf(
            error -> assertThat(error).isInstanceOf(IllegalArgumentException.class),
            error -> assertThat(error).isInstanceOf(IllegalStateException.class));
    assertThat(settled(delta(FIRST, 1, 2, 0, filled(4, 1))).verdict()).isEqualTo(Verdict.FOLDED);
  }

  @Test
  void pushOfAnotherSizeIsAnErrorOfItsSenderOnly() throws Exception {
    serve(average(), 4);
    exchange.open(FIRST);
    for (int length : new int[] {3, 5}) {
      assertThatThrownBy(() -> settled(delta(FIRST, 1, 1, 0, filled(length, 1))))
          .satisfiesAnyOf(
              error -> assertThat(error).isInstanceOf(IllegalArgumentException.class),
              error -> assertThat(error).isInstanceOf(ExecutionException.class));
    }
    assertThat(settled(delta(FIRST, 1, 1, 0, filled(4, 1))).verdict()).isEqualTo(Verdict.FOLDED);
  }

  @Test
  void workersInLockStepWaitForEachOther() throws Exception {
    serve(lockStep(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    CountDownLatch firstHasPushed = new CountDownLatch(1);
    List<Reply> replies =
        together(
            List.of(
                () -> {
                  Push push = delta(FIRST, 1, 1, 0, filled(4, 1));
                  assertThat(exchange.push(push).get().decides(1)).isFalse();
                  firstHasPushed.countDown();
                  return settled(push);
                },
                () -> {
                  firstHasPushed.await();
                  return settled(delta(SECOND, 1, 1, 0, filled(4, 3)));
                }));
    for (Reply reply : replies) {
      assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
      assertThat(reply.state().value()).isEqualTo(filled(4, 2));
      assertThat(reply.state()).isEqualTo(ledgers.get(0).state());
    }
  }

  @Test
  void slowerWorkerHearsThatItsPeriodIsShorter() throws Exception {
    serve(bySpeed(), 4);
    assertThat(exchange.open(FIRST).get(0).period()).isEqualTo(8);
    exchange.open(SECOND);
    settled(timed(FIRST, new Push.Timing(1_000_000, 8, 0), filled(4, 1)));
    Reply reply = settled(timed(SECOND, new Push.Timing(2_000_000, 8, 0), filled(4, 1)));
    assertThat(reply.period()).isEqualTo(4);
    assertThat(exchange.await(new Fetch(FIRST, 1, 0), PATIENCE).period()).isEqualTo(8);
  }

  @Test
  void roundOfPushesThatCannotWaitIsFoldedAtOnce() throws Exception {
    serve(grace(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    Push.Timing slowLink = new Push.Timing(100, 8, 800);
    Reply reply = settled(timed(FIRST, slowLink, filled(4, 1)));
    assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(reply.state().value()).isEqualTo(filled(4, 1));
  }

  @Test
  void roundOfPushesThatHaveTimeWaitsForTheRest() throws Exception {
    serve(grace(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    Push.Timing hours = new Push.Timing(Duration.ofHours(1).toNanos(), 8, 800);
    Push first = timed(FIRST, hours, filled(4, 1));
    assertThat(exchange.push(first).get().decides(1)).isFalse();
    settled(timed(SECOND, hours, filled(4, 3)));
    assertThat(settled(first).state().value()).isEqualTo(filled(4, 2));
  }

  @Test
  void awaitEndsWithoutADecisionWhenTheTimeIsOver() throws Exception {
    serve(lockStep(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    exchange.push(delta(FIRST, 1, 1, 0, filled(4, 1))).get();
    Reply reply = exchange.await(new Fetch(FIRST, 1, 1), Duration.ofMillis(30));
    assertThat(reply.decides(1)).isFalse();
    assertThat(reply.state().value().length()).as("nothing to adopt").isZero();
  }

  @Test
  void leaseThatIsClosedHoldsNobodyUp() throws Exception {
    serve(lockStep(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    List<Reply> replies =
        together(
            List.of(
                () -> settled(delta(FIRST, 1, 1, 0, filled(4, 1))),
                () -> {
                  exchange.close(SECOND, 1);
                  return settled(delta(SECOND, 1, 1, 0, filled(4, 1)));
                }));
    assertThat(replies.get(0).verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(replies.get(0).state().value()).isEqualTo(filled(4, 1));
  }

  @Test
  void workerThatHasNothingToSendHasItsTurnAndGetsTheMeanOfTheOthers() throws Exception {
    serve(lockStep(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    List<Reply> replies =
        together(
            List.of(
                () -> settled(delta(FIRST, 1, 1, 0, filled(4, 3))),
                () -> settled(Push.pass(SECOND, 1, 1, 0))));
    assertThat(replies).extracting(Reply::verdict).containsExactly(Verdict.FOLDED, Verdict.PASSED);
    assertThat(replies)
        .allSatisfy(reply -> assertThat(reply.state().value()).isEqualTo(filled(4, 3)));
    assertThat(ledgers.get(0).counts().received()).as("a turn is no push").isEqualTo(1);
    replies =
        together(
            List.of(
                () -> settled(Push.pass(FIRST, 1, 2, 1)),
                () -> settled(Push.pass(SECOND, 1, 2, 1))));
    assertThat(replies).extracting(reply -> reply.state().version()).containsExactly(1L, 1L);
  }

  @Test
  void pushThatIsRefusedHasItsTurnInTheRound() throws Exception {
    serve(lockStep(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    List<Reply> replies =
        together(
            List.of(
                () -> settled(delta(FIRST, 1, 1, 0, filled(4, 3))),
                () -> settled(delta(SECOND, 1, 1, 0, filled(4, Float.NaN)))));
    assertThat(replies)
        .extracting(Reply::verdict)
        .containsExactly(Verdict.FOLDED, Verdict.NON_FINITE);
    assertThat(exchange.await(new Fetch(SECOND, 1, 0), PATIENCE).state().value())
        .isEqualTo(filled(4, 3));
  }

  @Test
  void workerThatLeavesHoldsNobodyUp() throws Exception {
    serve(lockStep(), 4);
    exchange.open(FIRST);
    exchange.open(SECOND);
    Push push = delta(FIRST, 1, 1, 0, filled(4, 1));
    assertThat(exchange.push(push).get().decides(1)).isFalse();
    ledgers.get(0).retire(1, 1);
    assertThat(exchange.await(new Fetch(FIRST, 1, 1), PATIENCE).verdict())
        .isEqualTo(Verdict.FOLDED);
  }

  @Test
  void racingWorkersLoseNothing() throws Exception {
    serve(average(), 257, 33);
    int workers = 4;
    int pushes = 40;
    List<Reply> unused = together(racers(workers, pushes));
    PushCounts counts = Ledgers.counts(ledgers);
    assertThat(counts.received()).isEqualTo(2L * workers * pushes);
    assertThat(counts.accepted()).isEqualTo(counts.received());
    for (BlockLedger ledger : ledgers) {
      assertThat(ledger.state().version()).isEqualTo((long) workers * pushes);
    }
    assertThat(unused).hasSize(workers);
  }

  private List<Callable<Reply>> racers(int workers, int pushes) {
    return IntStream.range(0, workers)
        .<Callable<Reply>>mapToObj(worker -> () -> race(worker, pushes))
        .toList();
  }

  private Reply race(int worker, int pushes) throws Exception {
    LeaseAttempt lease = new LeaseAttempt(RUN, worker, 1, 1);
    exchange.open(lease);
    long[] base = new long[2];
    Reply last = null;
    for (int sequence = 1; sequence <= pushes; sequence++) {
      for (int block = 1; block <= 2; block++) {
        FloatVector values = random(block == 1 ? 257 : 33, sequence);
        last = settled(delta(lease, block, sequence, base[block - 1], values));
        assertThat(last.state().version()).isGreaterThan(base[block - 1]);
        base[block - 1] = last.state().version();
      }
    }
    return last;
  }

  static List<Reply> together(List<Callable<Reply>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(work.size());
    try {
      List<Reply> results = new ArrayList<>();
      for (Future<Reply> result : threads.invokeAll(work)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
