package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.push;
import static io.blockwise.model.averaging.Averaging.quorum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.replica.LeaseReplacedException;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.StateKind;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class BlockReplicaTest {
  private final CountingBlock block = new CountingBlock(1);
  private BlockLedger ledger;
  private WorkerReplica worker;

  @Test
  void whatIsLearnedWhileAPushIsOnItsWayIsKept() throws InterruptedException {
    startBeside(1, average(2), exchange -> new LateExchange(exchange, 2));
    steps(2); // sent: 2, weight 1/2
    ledger.push(delta(1, 1, 0, 10f)); // g = 5
    steps(1);
    assertThat(block.parameters[0]).as("not settled").isEqualTo(3f);
    steps(1);
    assertThat(block.parameters[0]).as("g = 6, and two steps since").isEqualTo(8f);
    assertThat(worker.block(1).version()).isEqualTo(2);
  }

  @Test
  void aWorkerGoesOnAheadOfTheAverageByAShareOfWhatItLeavesOut() throws InterruptedException {
    startBeside(1, ahead(2, Codec.FP32, 0.5), exchange -> exchange);
    steps(2); // sent: 2, weight 1/2, so that the average leaves 1 out
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
    assertThat(block.parameters[0]).as("half of it more").isEqualTo(1.5f);
    ledger.push(delta(1, 1, 1, 10f)); // g = 6
    steps(1);
    assertThat(block.parameters[0]).isEqualTo(2.5f);
    steps(1);
    assertThat(ledger.state().value().at(0)).as("two steps at 1/2, and no more").isEqualTo(7f);
    assertThat(block.parameters[0]).as("ahead by this push alone").isEqualTo(7.5f);
  }

  @Test
  void aLateAnswerFindsAWorkerAheadAndKeepsItsLaterSteps() throws InterruptedException {
    startBeside(1, ahead(2, Codec.FP32, 0.5), exchange -> new LateExchange(exchange, 2));
    steps(2); // sent: 2, weight 1/2
    ledger.push(delta(1, 1, 0, 10f)); // g = 5
    steps(2);
    assertThat(block.parameters[0]).as("g = 6, 1/2 ahead, and two steps").isEqualTo(8.5f);
    worker.flush(); // sends those two
    assertThat(ledger.state().value().at(0)).isEqualTo(7f);
  }

  @Test
  void whatIsAheadIsNeverSentWhateverTheEncoding() throws InterruptedException {
    float asItIs = afterManySteps(0);
    assertThat(asItIs).as("half of the first pushes, then all").isCloseTo(28.8f, within(1e-3f));
    block.fill(0);
    assertThat(afterManySteps(1)).isCloseTo(asItIs, within(1e-3f));
  }

  /** What the ledger has of 30, of which one push carries 0.3, which half precision cannot. */
  private float afterManySteps(double anticipation) throws InterruptedException {
    startBeside(1, ahead(3, Codec.FP16, anticipation), exchange -> exchange);
    for (int i = 0; i < 300; i++) {
      block.step(0.1f);
      worker.block(1).afterStep(1);
    }
    worker.flush();
    return ledger.state().value().at(0);
  }

  @Test
  void aDropLeavesNothingToBeAheadBy() throws InterruptedException {
    AveragingOptions options = average(2, Codec.FP32, 0.4, AveragingOptions.Gain.NONE, 0.5);
    startBeside(1, options, exchange -> new LateExchange(exchange, 1));
    ledger.push(delta(1, 1, 0, 10f)); // g = 5
    steps(3);
    assertThat(ledger.counts().dropped()).isEqualTo(1);
    assertThat(block.parameters[0]).as("g = 5 and one step since the push").isEqualTo(6f);
  }

  private static AveragingOptions ahead(int period, Codec codec, double anticipation) {
    return average(period, codec, 1e9, AveragingOptions.Gain.NONE, anticipation);
  }

  @Test
  void atMostOnePushIsOnItsWay() throws InterruptedException {
    start(average(1), exchange -> new LateExchange(exchange, 3));
    steps(3);
    assertThat(worker.sent()).isEqualTo(1);
    steps(1);
    assertThat(worker.sent()).isEqualTo(2);
  }

  @Test
  void aDropLosesItsStepsAndKeepsTheLaterOnes() throws InterruptedException {
    startBeside(1, average(2, Codec.FP32, 0.4), exchange -> new LateExchange(exchange, 1));
    ledger.push(delta(1, 1, 0, 10f)); // g = 5
    steps(2); // one version old, so half a round: too stale
    assertThat(ledger.counts().dropped()).isEqualTo(1);
    assertThat(block.parameters[0]).as("not known yet").isEqualTo(2f);
    steps(1);
    assertThat(block.parameters[0]).as("g = 5 and one step since the push").isEqualTo(6f);
  }

  @Test
  void aWorkerThatIsAlwaysDroppedPushesTwiceAsOften() throws InterruptedException {
    startBeside(1, average(8, Codec.FP32, 0.4), exchange -> exchange);
    long sequence = 1;
    for (int push = 0; push < 3; push++) {
      steps(7);
      ledger.push(delta(1, sequence++, ledger.state().version(), 1f));
      steps(1);
    }
    assertThat(ledger.counts().dropped()).isEqualTo(3);
    assertThat(ledger.counts().periodsHalved()).isEqualTo(1);
    steps(8);
    assertThat(worker.sent()).isEqualTo(5);
  }

  @Test
  void aRefusedCopyIsSentAsADifferenceWithItsExamples() throws InterruptedException {
    start(average(2), exchange -> exchange);
    steps(1);
    join(1); // unknown to the worker, which sends a copy
    steps(1);
    assertThat(ledger.counts().refused()).isEqualTo(1);
    assertThat(ledger.counts().accepted()).isEqualTo(1);
    assertThat(worker.sent()).isEqualTo(2);
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
    assertThat(ledger.fetch(new Fetch(lease(0), 1, 0)).ownExamples()).isEqualTo(20);
    steps(1);
    assertThat(block.parameters[0]).as("g = 1 and one step since").isEqualTo(2f);
  }

  @Test
  void aRefusedLastCopyStillEndsTheLease() throws InterruptedException {
    start(average(9), exchange -> exchange);
    steps(4);
    join(1);
    worker.flush();
    assertThat(ledger.counts().refused()).isEqualTo(1);
    assertThat(ledger.state().value().at(0)).isEqualTo(2f);
    assertThat(ledger.push(delta(0, 9, 1, 1f)).verdict()).isEqualTo(Verdict.FENCED);
  }

  @Test
  void flushSendsTheRemainder() throws InterruptedException {
    start(average(64), exchange -> new LateExchange(exchange, 5));
    steps(10);
    assertThat(worker.block(1).sent()).isZero();
    worker.flush();
    assertThat(ledger.state().value().at(0)).isEqualTo(10f);
    assertThat(ledger.push(delta(0, 9, 1, 1f)).verdict()).isEqualTo(Verdict.FENCED);
  }

  @Test
  void aLeaseWithoutARemainderJustEnds() throws InterruptedException {
    start(average(5), exchange -> exchange);
    steps(5);
    worker.flush();
    assertThat(worker.sent()).isEqualTo(1);
    assertThat(ledger.push(delta(0, 9, 1, 1f)).verdict()).isEqualTo(Verdict.FENCED);
  }

  @Test
  void blocksPushInDifferentSteps() throws InterruptedException {
    AveragingOptions options = average(4);
    List<CountingBlock> blocks = List.of(new CountingBlock(1), new CountingBlock(1));
    List<BlockLedger> ledgers = ledgers(options, blocks);
    worker = new WorkerReplica(blocks, new InProcessExchange(ledgers), options, PATIENCE);
    worker.start(lease(0));
    for (int step = 1; step <= 6; step++) {
      worker.block(1).afterStep(1);
      worker.block(2).afterStep(1);
      assertThat(ledgers.get(0).state().version()).isEqualTo(step / 4);
      assertThat(ledgers.get(1).state().version()).isEqualTo((step + 2) / 4);
    }
  }

  @Test
  void progressIsOnesOwnExamplesAndTheSettledOnesOfOthers() throws InterruptedException {
    start(average(2), exchange -> exchange);
    join(1);
    steps(1);
    ledger.push(push(lease(1), 1, 0, 70, Push.Kind.DELTA, 1f));
    assertThat(worker.block(1).progressExamples()).isEqualTo(10);
    steps(1);
    assertThat(worker.block(1).progressExamples()).isEqualTo(90);
    steps(1);
    assertThat(worker.block(1).progressExamples()).isEqualTo(100);
  }

  @Test
  void whatBecameNonFiniteStartsAnewFromTheLedger() throws InterruptedException {
    SoftmaxBlock trained = SoftmaxBlock.withBatchNorm(0.9f).drawn(1);
    AveragingOptions options = average(9);
    List<BlockLedger> ledgers = ledgers(options, List.of(trained));
    BlockState state = ledgers.get(0).state();
    worker = new WorkerReplica(List.of(trained), new InProcessExchange(ledgers), options, PATIENCE);
    worker.start(lease(0));
    trained.step(new float[][] {{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}}, new int[] {0, 1}, 1);
    worker.block(1).afterStep(2);
    worker.block(1).resetFromLedger();
    assertThat(FloatVector.copyOf(trained.parameters)).isEqualTo(state.value());
    assertThat(FloatVector.copyOf(trained.statistics)).isEqualTo(state.statistics());
    float[] own = new float[trained.length(StateKind.OPTIMISER)];
    trained.read(StateKind.OPTIMISER, own);
    assertThat(own).isNotEmpty().containsOnly(0);
    assertThat(worker.block(1).progressExamples()).isEqualTo(2);
    worker.flush();
    assertThat(ledgers.get(0).state()).as("nothing was left to send").isEqualTo(state);
  }

  @Test
  void aResetDoesNotTakeUpThePushThatWasOnItsWay() throws InterruptedException {
    startBeside(1, average(2), exchange -> new LateExchange(exchange, 9));
    steps(3);
    worker.block(1).resetFromLedger();
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
    assertThat(block.parameters[0]).isEqualTo(1f);
    steps(1);
    assertThat(block.parameters[0]).isEqualTo(2f);
  }

  @Test
  void aPushThatIsRefusedAsNonFiniteResetsTheBlock() throws InterruptedException {
    start(average(2), exchange -> exchange);
    steps(1);
    block.fill(Float.NaN);
    worker.block(1).afterStep(10);
    assertThat(block.parameters[0]).isZero();
    assertThat(block.optimiser[0]).isZero();
    assertThat(ledger.counts().nonFinite()).isEqualTo(1);
  }

  @Test
  void lostRepliesAreAskedForWithTheSamePush() throws InterruptedException {
    CountingBlock trained = new CountingBlock(1);
    // rounds of one push: every difference is added as it is
    AveragingOptions options = quorum(1, 1, Duration.ofSeconds(1));
    List<BlockLedger> ledgers = ledgers(options, List.of(trained));
    LossyExchange lossy = new LossyExchange(new InProcessExchange(ledgers), 0.15, 2);
    worker = new WorkerReplica(List.of(trained), lossy, options, PATIENCE);
    ledgers.get(0).open(lease(1));
    worker.start(lease(0));
    for (int step = 0; step < 200; step++) {
      trained.step(1);
      worker.block(1).afterStep(1);
    }
    worker.flush();
    PushCounts counts = ledgers.get(0).counts();
    List<Push> distinct = lossy.sent().stream().distinct().toList();
    assertThat(counts.duplicate()).isPositive();
    assertThat(counts.accepted()).isEqualTo(distinct.size());
    assertThat(worker.sent()).isEqualTo(lossy.sent().size()).isGreaterThan(counts.received());
    assertThat(ledgers.get(0).state().value().at(0)).isEqualTo(200f);
  }

  @Test
  void aTransportThatLosesEverythingIsReported() throws InterruptedException {
    AveragingOptions options = average(1);
    List<BlockLedger> ledgers = ledgers(options, List.of(block));
    LossyExchange lossy = new LossyExchange(new InProcessExchange(ledgers), 1, 1);
    worker = new WorkerReplica(List.of(block), lossy, options, Duration.ofMillis(50));
    worker.start(lease(0));
    steps(1);
    assertThatThrownBy(() -> worker.block(1).awaitSettled())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "Cannot send push 1 of block 1 \\(worker 0, lease 1, attempt 1\\): the last \\d+"
                + " answers were lost, for \\S+ s \\(is the driver reachable\\?\\)");
    assertThat(worker.sent()).as("not as fast as it can").isBetween(2L, 6L);
  }

  @Test
  void aTransportThatLosesManyAnswersInAFewStepsIsAskedAgain() throws InterruptedException {
    start(average(1), exchange -> new LossyExchange(exchange, 1, 1));
    steps(1000);
    assertThat(worker.block(1).progressExamples()).isEqualTo(10_000);
  }

  @Test
  void whoWasReplacedStops() throws InterruptedException {
    start(average(2), exchange -> exchange);
    steps(1);
    ledger.open(new LeaseAttempt(Averaging.RUN, 0, 1, 2));
    assertThatThrownBy(() -> steps(1))
        .isInstanceOf(LeaseReplacedException.class)
        .hasMessageContaining("worker 0, lease 1, attempt 1 has ended or been replaced");
    assertThatThrownBy(() -> worker.start(lease(0))).isInstanceOf(LeaseReplacedException.class);
  }

  @Test
  void aLeaseThatFollowsKeepsWhatNoPushHasCarried() throws InterruptedException {
    start(average(1, Codec.FP16, 1e9), exchange -> exchange);
    block.step(0.1f);
    worker.block(1).afterStep(10);
    float lost = block.parameters[0] - ledger.state().value().at(0);
    assertThat(lost).isNotZero();
    worker.flush();
    join(1);
    ledger.push(delta(1, 1, 1, 8f));
    worker.resume(new LeaseAttempt(Averaging.RUN, 0, 2, 1));
    assertThat(block.parameters[0]).isEqualTo(ledger.state().value().at(0) + lost);
    assertThat(block.optimiser[0]).isEqualTo(1f);
  }

  @Test
  void errorFeedbackKeepsHalfPrecisionUnbiased() throws InterruptedException {
    start(average(1, Codec.FP16, 1e9), exchange -> exchange);
    for (int i = 0; i < 2000; i++) {
      block.step(0.1f); // 2.4e-5 more than the nearest half
      worker.block(1).afterStep(1);
    }
    assertThat(ledger.state().value().at(0)).isCloseTo(200f, within(1e-2f));
    assertThat(ledger.state().value().at(0)).isCloseTo(block.parameters[0], within(1e-4f));
  }

  @Test
  void whatSaturatesHalfPrecisionIsSentWithTheNextPushes() throws InterruptedException {
    start(average(1, Codec.FP16, 1e9), exchange -> exchange);
    block.step(150_000f);
    worker.block(1).afterStep(1);
    assertThat(ledger.state().value().at(0)).isEqualTo(65504f);
    worker.block(1).afterStep(1);
    worker.block(1).afterStep(1);
    assertThat(ledger.state().value().at(0)).isEqualTo(150_000f);
  }

  private void start(AveragingOptions options, UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    List<BlockLedger> ledgers = ledgers(options, List.of(block));
    ledger = ledgers.get(0);
    worker =
        new WorkerReplica(
            List.of(block), transport.apply(new InProcessExchange(ledgers)), options, PATIENCE);
    worker.start(lease(0));
  }

  private void startBeside(
      int other, AveragingOptions options, UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    start(
        options,
        exchange -> {
          join(other);
          return transport.apply(exchange);
        });
  }

  /** Another worker comes, whose pushes the test makes. */
  private void join(int other) {
    ledger.open(lease(other));
  }

  private void steps(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      block.step(1);
      worker.block(1).afterStep(10);
    }
  }
}
