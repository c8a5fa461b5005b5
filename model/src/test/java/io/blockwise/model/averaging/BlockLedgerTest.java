package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.copy;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.push;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockLedgerTest {
  private static final String EVERY_RULE = "io.blockwise.model.averaging.Averaging#everyRule";
  private static final LeaseAttempt REPLACED = new LeaseAttempt(Averaging.RUN, 0, 1, 1);
  private static final LeaseAttempt NEWER = new LeaseAttempt(Averaging.RUN, 0, 1, 2);

  @Test
  void aPushMovesTheValueByItsWorkersShare() {
    BlockLedger ledger = opened(average(1), 4);
    Reply reply = ledger.push(delta(2, 1, 0, 8f));
    assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(reply.decides(1)).isTrue();
    assertThat(reply.members()).isEqualTo(4);
    assertThat(reply.state()).isEqualTo(ledger.state());
    assertThat(ledger.state().version()).isEqualTo(1);
    assertThat(ledger.state().value().at(0)).isEqualTo(2f);
  }

  @Test
  void aWorkerThatIsAloneMovesTheValueByAllOfIt() {
    BlockLedger ledger = opened(average(1), 1);
    assertThat(ledger.push(delta(0, 1, 0, 0.3f)).state().value().at(0)).isEqualTo(0.3f);
  }

  @Test
  void aStalePushMovesTheValueLess() {
    BlockLedger ledger = opened(average(1), 2);
    for (int sequence = 1; sequence <= 4; sequence++) {
      ledger.push(delta(0, sequence, sequence - 1, 0f));
    }
    ledger.push(delta(1, 1, 0, 1f)); // four versions, so two rounds
    assertThat(ledger.state().value().at(0)).isEqualTo((float) (0.5 / Math.sqrt(2)));
    assertThat(ledger.counts().stalenessHistogram()).containsExactly(4L, 0L, 1L, 0L, 0L, 0L);
    assertThat(ledger.counts().meanStaleness()).isEqualTo(0.4);
  }

  @Test
  void shareFollowsTheExamplesOnceTheWindowIsFull() {
    BlockLedger ledger = opened(average(1), 2);
    for (int i = 0; i < 4; i++) {
      pushExamples(ledger, 0, i + 1, 30, 0f);
      pushExamples(ledger, 1, i + 1, 10, 0f);
    }
    pushExamples(ledger, 0, 5, 30, 1f);
    assertThat(ledger.state().value().at(0)).isEqualTo(0.75f);
    // leaves 20 more examples of worker 1 in the window: its share is the mean of 1/4 and 3/9
    pushExamples(ledger, 1, 5, 30, 1f);
    assertThat(ledger.state().value().at(0))
        .isCloseTo((float) (0.75 + (40.0 / 160 + 60.0 / 180) / 2), within(1e-6f));
  }

  private static void pushExamples(
      BlockLedger ledger, int worker, long sequence, long examples, float delta) {
    long newest = ledger.state().version();
    ledger.push(push(lease(worker), sequence, newest, examples, Push.Kind.DELTA, delta));
  }

  @Test
  void aWorkerThatIsLostHasNoPartInTheWindow() {
    BlockLedger ledger = opened(average(1), 3);
    for (int i = 0; i < 4; i++) {
      pushExamples(ledger, 0, i + 1, 10, 0f);
      pushExamples(ledger, 1, i + 1, 10, 0f);
      pushExamples(ledger, 2, i + 1, 1000, 0f);
    }
    ledger.lose(2, 1);
    pushExamples(ledger, 0, 5, 10, 1f);
    assertThat(ledger.state().value().at(0)).isEqualTo(0.5f);
  }

  @Test
  void aPushThatIsTooStaleIsDroppedButSettled() {
    BlockLedger ledger = opened(average(1, Codec.FP32, 1.5), 1);
    for (int sequence = 1; sequence <= 2; sequence++) {
      ledger.push(delta(0, sequence, sequence - 1, 1f));
    }
    Reply reply = ledger.push(delta(0, 3, 0, 1f));
    assertThat(reply.verdict()).isEqualTo(Verdict.DROPPED);
    assertThat(reply.state().value().at(0)).isEqualTo(2f);
    assertThat(reply.ownExamples()).isEqualTo(3);
    assertThat(ledger.counts().dropped()).isEqualTo(1);
    assertThat(ledger.state().version()).isEqualTo(2);
  }

  @Test
  void aWorkerThatIsAlwaysDroppedGetsHalfItsPeriod() {
    BlockLedger ledger = opened(average(7, Codec.FP32, 0.5), 1);
    ledger.push(delta(0, 1, 0, 1f));
    assertThat(ledger.push(delta(0, 2, 0, 1f)).period()).isEqualTo(7);
    assertThat(ledger.push(delta(0, 3, 0, 1f)).period()).isEqualTo(7);
    assertThat(ledger.push(delta(0, 4, 0, 1f)).period()).isEqualTo(3);
    ledger.push(delta(0, 5, 1, 1f));
    ledger.push(delta(0, 6, 0, 1f));
    assertThat(ledger.push(delta(0, 7, 0, 1f)).period()).isEqualTo(3);
    assertThat(ledger.push(delta(0, 8, 0, 1f)).period()).isEqualTo(1);
    assertThat(ledger.counts().periodsHalved()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource(EVERY_RULE)
  void aPushDeliveredTwiceCountsOnce(AveragingOptions options) {
    BlockLedger ledger = opened(options, 1);
    Push push = delta(0, 1, 0, 1f);
    BlockState once = ledger.push(push).state();
    assertThat(once.value().at(0)).isPositive();
    Reply again = ledger.push(push);
    assertThat(again.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(again.state()).isEqualTo(once);
    assertThat(again.ownExamples()).isEqualTo(1);
    assertThat(ledger.counts().accepted()).isEqualTo(1);
    assertThat(ledger.counts().duplicate()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource(EVERY_RULE)
  void aPushOfALeaseThatHasEndedCountsNever(AveragingOptions options) {
    BlockLedger ledger = opened(options, 2);
    ledger.close(lease(0));
    assertThat(ledger.push(delta(0, 1, 0, 1f)).verdict()).isEqualTo(Verdict.FENCED);
    ledger.retire(1, 1);
    assertThat(ledger.push(delta(1, 1, 0, 1f)).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledger.push(delta(7, 1, 0, 1f)).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledger.state().version()).isZero();
    assertThat(ledger.counts().fenced()).isEqualTo(3);
    assertThat(ledger.open(lease(0)).verdict()).isEqualTo(Verdict.FENCED);
  }

  @ParameterizedTest
  @MethodSource(EVERY_RULE)
  void aPushOfAnAttemptThatWasReplacedCountsNever(AveragingOptions options) {
    BlockLedger ledger = ledger(options, 0f);
    ledger.open(REPLACED);
    ledger.push(push(REPLACED, 1, 0, 1, Push.Kind.DELTA, 1f));
    ledger.open(NEWER);
    BlockState before = ledger.state();
    Reply late = ledger.push(push(REPLACED, 2, 1, 1, Push.Kind.DELTA, 1f));
    assertThat(late.verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledger.state()).isEqualTo(before);
    assertThat(ledger.open(REPLACED).verdict()).isEqualTo(Verdict.FENCED);
    ledger.close(REPLACED); // must not end the newer one
    assertThat(ledger.push(push(NEWER, 1, 1, 1, Push.Kind.DELTA, 1f)).verdict())
        .isEqualTo(Verdict.FOLDED);
    assertThat(ledger.state().version()).isEqualTo(2);
  }

  @Test
  void aHelloThatIsRepeatedIsAnsweredAgain() {
    BlockLedger ledger = opened(average(1), 1);
    ledger.push(delta(0, 1, 0, 1f));
    Reply again = ledger.open(lease(0));
    assertThat(again.state()).isEqualTo(ledger.state());
    assertThat(ledger.push(delta(0, 1, 0, 1f)).decided()).isEqualTo(1);
    assertThat(ledger.counts().duplicate()).isEqualTo(1);
  }

  @Test
  void aMessageOfAnotherRunCountsNever() {
    BlockLedger ledger = opened(average(1), 1);
    LeaseAttempt other = new LeaseAttempt("another", 0, 1, 1);
    assertThat(ledger.open(other).verdict()).isEqualTo(Verdict.FENCED);
    Reply reply = ledger.push(push(other, 1, 0, 1, Push.Kind.DELTA, 1f));
    assertThat(reply.verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledger.state().version()).isZero();
  }

  @Test
  void aLastPushEndsTheLease() {
    BlockLedger ledger = opened(average(1), 2);
    Push last =
        new Push(
            lease(0),
            1,
            1,
            0,
            1,
            Push.Kind.DELTA,
            true,
            Payload.of(Codec.FP32, new float[] {1f}),
            FloatVector.EMPTY);
    assertThat(ledger.push(last).members()).as("it may come again").isEqualTo(2);
    assertThat(ledger.fetch(new Fetch(lease(0), 1, 1)).verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(ledger.push(delta(0, 2, 1, 1f)).verdict()).isEqualTo(Verdict.FENCED);
  }

  @Test
  void aCopyBecomesTheValueIfNothingHasMoved() {
    BlockLedger ledger = opened(average(1), 1);
    Reply reply = ledger.push(copy(0, 1, 0, 0.1f));
    assertThat(reply.verdict()).isEqualTo(Verdict.COPIED);
    assertThat(reply.yours()).isTrue();
    assertThat(reply.state()).isEqualTo(new BlockState(1, FloatVector.EMPTY, FloatVector.EMPTY));
    assertThat(ledger.state().value().at(0)).isEqualTo(0.1f);
  }

  @Test
  void aCopyIsRefusedIfTheVersionHasMoved() {
    BlockLedger ledger = opened(average(1), 1);
    ledger.push(copy(0, 1, 0, 1f));
    Reply reply = ledger.push(copy(0, 2, 0, 5f));
    assertThat(reply.verdict()).isEqualTo(Verdict.COPY_REFUSED);
    assertThat(reply.ownExamples()).as("settles nothing").isEqualTo(1);
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
    assertThat(ledger.counts().refused()).isEqualTo(1);
  }

  @Test
  void aCopyIsRefusedIfOthersAreAtWork() {
    BlockLedger ledger = opened(average(1), 2);
    assertThat(ledger.push(copy(0, 1, 0, 5f)).verdict()).isEqualTo(Verdict.COPY_REFUSED);
    assertThat(ledger.state().version()).isZero();
  }

  @Test
  void aCopyIsNotYoursAnyMoreOnceOthersHaveMovedIt() {
    BlockLedger ledger = opened(average(1), 1);
    ledger.push(copy(0, 1, 0, 1f));
    ledger.open(lease(1));
    ledger.push(delta(1, 1, 1, 2f));
    Reply repeated = ledger.push(copy(0, 1, 0, 1f));
    assertThat(repeated.verdict()).isEqualTo(Verdict.COPIED);
    assertThat(repeated.yours()).isFalse();
    assertThat(repeated.state().value().at(0)).isEqualTo(2f);
  }

  @ParameterizedTest
  @MethodSource(EVERY_RULE)
  void nothingThatIsNotFiniteEntersALedger(AveragingOptions options) {
    BlockLedger ledger = opened(options, 1);
    assertRefused(ledger, push(lease(0), 1, 0, 1, Push.Kind.DELTA, Float.NaN));
    assertRefused(ledger, push(lease(0), 2, 0, 1, Push.Kind.COPY, Float.NEGATIVE_INFINITY));
    ledger.push(copy(0, 3, 0, Float.MAX_VALUE));
    assertRefused(ledger, push(lease(0), 4, 1, 1, Push.Kind.DELTA, Float.MAX_VALUE));
    assertThat(ledger.state().value().at(0)).isEqualTo(Float.MAX_VALUE);
    assertThat(ledger.counts().nonFinite()).isEqualTo(3);
    assertThat(ledger.counts().refused()).isEqualTo(3);
    assertThat(ledger.push(delta(0, 5, 1, -1e38f)).verdict())
        .as("what was refused has left nothing behind")
        .isEqualTo(Verdict.FOLDED);
  }

  @ParameterizedTest
  @MethodSource(EVERY_RULE)
  void equalReplicasAreAFixedPoint(AveragingOptions options) throws InterruptedException {
    BlockLedger ledger = ledger(options, 0.1f, -3e-5f);
    ledger.open(lease(0));
    ledger.open(lease(1));
    FloatVector value = ledger.state().value();
    for (int round = 1; round <= 20; round++) {
      long base = ledger.state().version();
      for (int worker = 0; worker < 2; worker++) {
        ledger.push(delta(worker, round, base, 0f, 0f));
      }
      for (int worker = 0; worker < 2; worker++) {
        ledger.await(new Fetch(lease(worker), 1, round), Averaging.PATIENCE);
      }
    }
    assertThat(ledger.state().version()).isGreaterThanOrEqualTo(20);
    assertThat(ledger.state().value()).isEqualTo(value);
  }

  @Test
  void tensorsOfAnotherBlockAreRefused() {
    BlockLedger.Tensors tensors =
        new BlockLedger.Tensors(ArrayBlock.tensorsOf(2, 3), ArrayBlock.NO_TENSORS);
    BlockState four = BlockState.initial(new float[4], new float[0]);
    assertThatThrownBy(
            () -> new BlockLedger(Averaging.RUN, 7, average(1), tensors, four, System::nanoTime))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot keep block 7: its tensors have 5 values, not 4 (they are another block's)");
  }

  private static void assertRefused(BlockLedger ledger, Push push) {
    long before = ledger.state().version();
    Reply reply = ledger.push(push);
    assertThat(reply.verdict()).isEqualTo(Verdict.NON_FINITE);
    assertThat(reply.decides(push.sequence())).isTrue();
    assertThat(ledger.state().version()).isEqualTo(before);
  }

  @Test
  void aPushFromAnotherSpecificationIsRefused() {
    BlockLedger ledger = opened(average(1), 1);
    assertThatThrownBy(() -> ledger.push(delta(0, 1, 0, 1f, 2f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "Cannot fold push 1 of block 1 (worker 0, lease 1, attempt 1): 2 v");
    assertThatThrownBy(() -> ledger.push(delta(0, 1, 9, 1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("based on version 9, the ledger is at 0");
  }

  @Test
  void settledExamplesAreToldApartByWorker() {
    BlockLedger ledger = opened(average(1), 2);
    pushExamples(ledger, 0, 1, 30, 1f);
    ledger.push(push(lease(1), 1, 0, 12, Push.Kind.DELTA, 1f));
    Reply reply = ledger.fetch(new Fetch(lease(1), 1, 0));
    assertThat(reply.ownExamples()).isEqualTo(12);
    assertThat(reply.otherExamples()).isEqualTo(30);
  }

  @Test
  void receivedIsTheSumOfWhatBecameOfThem() {
    BlockLedger ledger = opened(average(1, Codec.FP32, 0.5), 1);
    ledger.push(copy(0, 1, 0, 1f));
    ledger.push(copy(0, 1, 0, 1f));
    ledger.push(copy(0, 2, 0, 1f));
    ledger.push(delta(0, 3, 0, 1f));
    ledger.push(delta(0, 4, 1, Float.NaN));
    ledger.push(delta(5, 1, 0, 1f));
    PushCounts counts = ledger.counts();
    assertThat(counts.received()).isEqualTo(6);
    assertThat(counts.accepted()).isEqualTo(1);
    assertThat(counts.duplicate()).isEqualTo(1);
    assertThat(counts.refused()).isEqualTo(2);
    assertThat(counts.dropped()).isEqualTo(1);
    assertThat(counts.fenced()).isEqualTo(1);
    assertThat(counts.plus(counts).received()).isEqualTo(12);
    assertThat(PushCounts.NONE.plus(counts)).isEqualTo(counts);
  }

  @Test
  void pushesThatCannotCountAreCountedWithoutTheirValues() {
    BlockLedger ledger = opened(average(1), 1);
    ledger.push(delta(0, 1, 0, 1f));
    ledger.countWithoutValues(lease(0), 1, Push.Kind.DELTA);
    ledger.countWithoutValues(new LeaseAttempt(Averaging.RUN, 0, 1, 0), 1, Push.Kind.DELTA);
    ledger.countWithoutValues(lease(7), 1, Push.Kind.DELTA);
    assertThat(ledger.counts().received()).isEqualTo(4);
    assertThat(ledger.counts().duplicate()).isEqualTo(1);
    assertThat(ledger.counts().fenced()).isEqualTo(2);
    assertThat(ledger.state().version()).isEqualTo(1);
  }

  @Test
  void pushOnAVersionThatDoesNotExistIsNotCounted() {
    BlockLedger ledger = opened(average(1), 1);
    assertThatThrownBy(() -> ledger.push(delta(0, 1, 9, 1f)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ledger.counts()).isEqualTo(PushCounts.NONE);
    assertThat(ledger.push(delta(0, 1, 0, 1f)).verdict()).isEqualTo(Verdict.FOLDED);
  }

  /** A ledger of one value, 0, with leases of workers 0 to {@code workers - 1}. */
  private static BlockLedger opened(AveragingOptions options, int workers) {
    BlockLedger ledger = ledger(options, 0f);
    for (int worker = 0; worker < workers; worker++) {
      assertThat(ledger.open(lease(worker)).verdict()).isEqualTo(Verdict.NONE);
    }
    return ledger;
  }
}
