package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.copy;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static io.blockwise.model.averaging.Averaging.push;
import static io.blockwise.model.averaging.Averaging.quorum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.testing.Background;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class QuorumTest {
  @Test
  void aRoundIsTheMeanWeightedByExamples() throws InterruptedException {
    BlockLedger ledger = opened(lockStep(1), 2);
    Reply first = ledger.push(push(lease(1), 1, 0, 3, Push.Kind.DELTA, 1f));
    assertThat(first.decides(1)).isFalse();
    assertThat(first.state().value().length()).isZero();
    Reply second = ledger.push(push(lease(0), 1, 0, 1, Push.Kind.DELTA, 5f));
    assertThat(second.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(second.state().version()).isEqualTo(1);
    assertThat(second.state().value().at(0)).isEqualTo(2f);
    assertThat(ledger.await(new Fetch(lease(1), 1, 1), Duration.ZERO).state())
        .isEqualTo(second.state());
  }

  @Test
  void theOrderOfArrivalDoesNotMatter() {
    float[] values = {1e8f, 1.2345f, -1e8f, 7e-3f};
    BlockLedger upwards = opened(lockStep(1), 4);
    BlockLedger downwards = opened(lockStep(1), 4);
    for (int worker = 0; worker < 4; worker++) {
      upwards.push(delta(worker, 1, 0, values[worker]));
      downwards.push(delta(3 - worker, 1, 0, values[3 - worker]));
    }
    float mean = (float) ((1e8 / 4 + 1.2345f / 4.0) - 1e8 / 4 + 7e-3f / 4.0);
    assertThat(upwards.state().value().at(0)).isEqualTo(mean);
    assertThat(downwards.state().value()).isEqualTo(upwards.state().value());
  }

  @Test
  void aLeaseThatEndsLeavesTheRound() {
    BlockLedger ledger = opened(lockStep(1), 3);
    ledger.push(delta(0, 1, 0, 1f));
    ledger.push(delta(1, 1, 0, 3f));
    assertThat(ledger.state().version()).isZero();
    ledger.retire(2, 1);
    assertThat(ledger.state().value().at(0)).isEqualTo(2f);
  }

  @Test
  void theWaitingPushOfALeaseThatEndsCountsNever() {
    BlockLedger ledger = opened(lockStep(1), 2);
    ledger.push(delta(0, 1, 0, 100f));
    ledger.open(new LeaseAttempt(Averaging.RUN, 0, 1, 2));
    assertThat(ledger.fetch(new Fetch(lease(0), 1, 1)).verdict()).isEqualTo(Verdict.FENCED);
    ledger.push(delta(1, 1, 0, 1f));
    assertThat(ledger.state().version()).as("the new attempt is waited for").isZero();
    ledger.retire(0, 1);
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
    assertThat(ledger.counts().fenced()).isEqualTo(1);
    assertThat(ledger.counts().received()).isEqualTo(2);
  }

  @Test
  void aWorkerThatIsAnnouncedIsWaitedFor() {
    BlockLedger ledger = ledger(lockStep(1), 0f);
    ledger.announce(0);
    ledger.announce(1);
    assertThat(ledger.open(lease(0)).members()).isEqualTo(2);
    ledger.push(delta(0, 1, 0, 1f));
    assertThat(ledger.state().version()).isZero();
    ledger.open(lease(1));
    ledger.push(delta(1, 1, 0, 1f));
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
  }

  @Test
  void aWaitingPushDeliveredTwiceCountsOnce() {
    BlockLedger ledger = opened(lockStep(1), 2);
    ledger.push(delta(0, 1, 0, 1f));
    assertThat(ledger.push(delta(0, 1, 0, 1f)).decides(1)).isFalse();
    ledger.push(delta(1, 1, 0, 1f));
    assertThat(ledger.state().value().at(0)).isEqualTo(1f);
    assertThat(ledger.counts().duplicate()).isEqualTo(1);
  }

  @Test
  void aRoundOfSomeDoesNotWaitForTheRest() {
    BlockLedger ledger = opened(quorum(1, 2, Duration.ofSeconds(9)), 3);
    ledger.push(delta(0, 1, 0, 1f));
    ledger.push(delta(2, 1, 0, 3f));
    assertThat(ledger.state().value().at(0)).isEqualTo(2f);
    ledger.push(delta(1, 1, 0, 4f));
    assertThat(ledger.state().version()).as("starts the next round").isEqualTo(1);
    ledger.retire(0, 1);
    assertThat(ledger.state().version()).isEqualTo(1);
    ledger.retire(2, 1);
    assertThat(ledger.state().value().at(0)).as("no two are left").isEqualTo(6f);
  }

  @Test
  void theLongestWaitEndsARound() {
    AtomicLong clock = new AtomicLong();
    BlockLedger ledger =
        ledger(quorum(1, 0, Duration.ofNanos(100)), 1, new CountingBlock(1), clock::get);
    ledger.open(lease(0));
    ledger.open(lease(1));
    clock.set(1000);
    ledger.push(delta(0, 1, 0, 4f));
    clock.set(1099);
    assertThat(ledger.fetch(new Fetch(lease(0), 1, 1)).decides(1)).isFalse();
    clock.set(1100);
    Reply reply = ledger.fetch(new Fetch(lease(0), 1, 1));
    assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(reply.state().value().at(0)).isEqualTo(4f);
  }

  @Test
  @Timeout(60)
  void whoWaitsForADecisionIsWoken() throws Exception {
    BlockLedger ledger = opened(lockStep(1), 2);
    ledger.push(delta(0, 1, 0, 1f));
    Background<Reply> waiting =
        Background.startAndAwaitWaiting(
            () -> ledger.await(new Fetch(lease(0), 1, 1), Averaging.PATIENCE));
    ledger.push(delta(1, 1, 0, 3f));
    assertThat(waiting.result().state().value().at(0)).isEqualTo(2f);
  }

  @Test
  void nesterovsMomentumFollowsItsFormula() {
    Outer outer = new Outer(OuterOptimiser.NESTEROV, 0.5, 0.8);
    BlockLedger ledger = opened(lockStep(1, outer), 1);
    ledger.push(delta(0, 1, 0, 1f));
    double m = 1;
    double g = 0.8 * (1 + 0.5 * m);
    assertThat(ledger.state().value().at(0)).isEqualTo((float) g);
    ledger.push(delta(0, 2, 1, 2f));
    m = 0.5 * m + 2;
    g += 0.8 * (2 + 0.5 * m);
    assertThat(ledger.state().value().at(0)).isEqualTo((float) g);
  }

  @Test
  void momentumFollowsItsFormula() {
    BlockLedger ledger = opened(lockStep(1, new Outer(OuterOptimiser.SGD, 0.5, 0.8)), 1);
    ledger.push(delta(0, 1, 0, 1f));
    ledger.push(delta(0, 2, 1, 2f));
    assertThat(ledger.state().value().at(0)).isEqualTo((float) (0.8 + 0.8 * 2.5));
  }

  @Test
  void momentumStaysUsableAfterAnOverflow() {
    BlockLedger ledger = opened(lockStep(1, new Outer(OuterOptimiser.SGD, 0.5, 8)), 1);
    assertThat(ledger.push(delta(0, 1, 0, Float.MAX_VALUE)).verdict())
        .isEqualTo(Verdict.NON_FINITE);
    ledger.push(delta(0, 2, 0, 1f));
    assertThat(ledger.state().value().at(0)).isEqualTo(8f);
  }

  @Test
  void whoeverIsAloneBeginsWithoutTheMomentumOfBefore() {
    BlockLedger ledger = opened(lockStep(1, Averaging.SGD), 1);
    ledger.push(delta(0, 1, 0, 100f));
    ledger.push(copy(0, 2, 1, 5f));
    ledger.push(delta(0, 3, 2, 1f));
    assertThat(ledger.state().value().at(0)).isEqualTo(5 + 0.3f);
  }

  @Test
  void changesInDifferentDirectionsMoveEveryTensorByTheirLength() {
    BlockLedger ledger = radial(2, 3, 2);
    ledger.push(delta(0, 1, 0, 3f, 0f, 0f, 2f, 4f));
    ledger.push(delta(1, 1, 0, 0f, 3f, 0f, 2f, 4f));
    float side = (float) (3 / Math.sqrt(2)); // on the diagonal, at distance 3
    assertThat(ledger.state().value().toArray())
        .as("orthogonal in the first tensor, equal in the second")
        .containsExactly(new float[] {side, side, 0, 2, 4}, within(1e-6f));
  }

  @Test
  void changesThatCancelOutMoveNothingAndNearlySoAtMostTheRootOfTheirNumberTimesAsFar() {
    BlockLedger ledger = radial(3, 1, 1);
    ledger.push(delta(0, 1, 0, 8f, 4f));
    ledger.push(delta(1, 1, 0, 2f, -3f));
    ledger.push(delta(2, 1, 0, -10f, 2f));
    assertThat(ledger.state().value().at(0)).isZero();
    // a mean of 1, and lengths of 3 in the mean
    assertThat(ledger.state().value().at(1)).isEqualTo((float) Math.sqrt(3));
  }

  @Test
  void aRoundOfOneMovesByItsChange() {
    BlockLedger ledger = radial(1, 2);
    ledger.push(delta(0, 1, 0, 0.1f, -0.7f));
    assertThat(ledger.state().value().toArray()).containsExactly(0.1f, -0.7f);
  }

  private static BlockLedger radial(int workers, int... tensors) {
    TensorTable table = ArrayBlock.tensorsOf(tensors);
    BlockLedger ledger =
        new BlockLedger(
            Averaging.RUN,
            1,
            quorum(1, workers, Duration.ofSeconds(9), 1e9, Averaging.RDA),
            new BlockLedger.Tensors(table, ArrayBlock.NO_TENSORS),
            BlockState.initial(new float[table.length()], new float[0]),
            System::nanoTime);
    IntStream.range(0, workers).forEach(worker -> ledger.open(lease(worker)));
    return ledger;
  }

  @Test
  void aCopyIsTakenFromAWorkerThatIsAlone() {
    BlockLedger ledger = opened(lockStep(1), 1);
    assertThat(ledger.push(copy(0, 1, 0, 0.1f)).yours()).isTrue();
    assertThat(ledger.state().value().at(0)).isEqualTo(0.1f);
  }

  private static BlockLedger opened(AveragingOptions options, int workers) {
    BlockLedger ledger = ledger(options, 0f);
    for (int worker = 0; worker < workers; worker++) {
      ledger.open(lease(worker));
    }
    return ledger;
  }
}
