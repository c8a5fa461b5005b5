package io.blockwise.model.averaging.ledger.rule;

import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.ledger.outer.OuterStep;
import io.blockwise.model.averaging.ledger.rule.FoldRule.Contribution;
import io.blockwise.model.engine.TensorTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a rule still holds after a fold that came to nothing, as when memory runs out. */
class FoldRuleTest {
  private static final Outer MOMENTUM = new Outer(OuterOptimiser.SGD, 0.5, 1);
  private static final BlockState ZERO = BlockState.initial(new float[1], new float[0]);
  private static final TensorTable ONE_VALUE =
      new TensorTable(List.of(new TensorTable.Entry("layers.0.weight", List.of(1), 0)));
  private static final RunningStatistics NONE = new RunningStatistics(new TensorTable(List.of()));

  /** Longer than any push, so that adding one up fails half way. */
  private static final BlockState BROKEN = BlockState.initial(new float[2], new float[0]);

  /** Workers from 0 on that all have a lease, and had it from the beginning. */
  private record AllOf(int count) implements Members {
    @Override
    public boolean contains(int worker) {
      return worker < count;
    }

    @Override
    public long changes() {
      return count;
    }

    @Override
    public int leases() {
      return count;
    }
  }

  @Test
  void aFoldThatFailsLosesNoPush() {
    assertNothingIsLost(average(Gain.NONE));
    assertNothingIsLost(average(Gain.NORM));
    assertNothingIsLost(new AverageRule(NONE, Gain.NONE, OuterOptimiser.DELAYED));
    assertNothingIsLost(new ElasticRule(NONE));
    assertNothingIsLost(quorum(Outer.NONE));
  }

  private static AverageRule average(Gain gain) {
    return new AverageRule(NONE, gain, OuterOptimiser.NONE);
  }

  private static QuorumRule quorum(Outer outer) {
    OuterStep step = OuterStep.of(outer, ONE_VALUE);
    return new QuorumRule(lockStep(1), NONE, step, System::nanoTime);
  }

  private static void assertNothingIsLost(FoldRule rule) {
    Members members = new AllOf(1);
    rule.add(Contribution.of(delta(0, 1, 0, 3f), 0, FloatVector.copyOf(new float[] {3})));
    assertThatThrownBy(() -> rule.next(BROKEN, members))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
    assertThat(rule.next(ZERO, members).orElseThrow().state().value().at(0)).isEqualTo(3f);
    assertThat(rule.next(ZERO, members)).isEmpty();
  }

  @Test
  void momentumCountsAFoldThatFailsOnlyOnce() {
    Members members = new AllOf(1);
    FoldRule rule = quorum(MOMENTUM);
    rule.add(Contribution.of(delta(0, 1, 0, 2f), 0, FloatVector.copyOf(new float[] {2})));
    assertThatThrownBy(() -> rule.next(BROKEN, members))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
    BlockState first = rule.next(ZERO, members).orElseThrow().state();
    assertThat(first.value().at(0)).isEqualTo(2f);
    rule.add(Contribution.of(delta(0, 2, 1, 2f), 0, FloatVector.copyOf(new float[] {2})));
    assertThat(rule.next(first, members).orElseThrow().state().value().at(0))
        .as("m = 0.5 * 2 + 2")
        .isEqualTo(5f);
  }

  @Test
  void theGainCountsAFoldThatFailsOnlyOnceAndIsPartOfTheFold() {
    Members members = new AllOf(2);
    AverageRule rule = average(Gain.NORM);
    BlockState zero = BlockState.initial(new float[2], new float[0]);
    rule.add(Contribution.of(delta(0, 1, 0, 1f, 0f), 0, FloatVector.copyOf(new float[] {1, 0})));
    for (int failure = 0; failure < 3; failure++) {
      assertThatThrownBy(() -> rule.next(BlockState.initial(new float[3], new float[0]), members))
          .isInstanceOf(ArrayIndexOutOfBoundsException.class);
    }
    FoldRule.Fold first = rule.next(zero, members).orElseThrow();
    assertThat(first.gain()).isEqualTo(1);
    rule.add(Contribution.of(delta(1, 1, 1, 0f, 1f), 0, FloatVector.copyOf(new float[] {0, 1})));
    assertThat(rule.next(first.state(), members).orElseThrow().gain()).isEqualTo(1);
    assertThat(rule.gain(members)).as("one push each").isEqualTo(Math.sqrt(2), within(1e-12));
    rule.add(Contribution.of(delta(0, 2, 2, 1f, 0f), 0, FloatVector.copyOf(new float[] {1, 0})));
    FoldRule.Fold third = rule.next(zero, members).orElseThrow();
    assertThat(third.gain()).isEqualTo(Math.sqrt(2), within(1e-12));
    assertThat(third.state().value().at(0)).isEqualTo((float) Math.sqrt(0.5));
  }

  @Test
  void theWindowCountsAFoldThatFailsOnlyOnce() {
    Members members = new AllOf(2);
    AverageRule rule = average(Gain.NONE);
    BlockState state = ZERO;
    for (int push = 0; push < 8; push++) {
      int worker = push % 2;
      rule.add(
          Contribution.of(
              delta(worker, push + 1, push, 1f), 0, FloatVector.copyOf(new float[] {1})));
      if (worker == 0) {
        assertThatThrownBy(() -> rule.next(BROKEN, members))
            .isInstanceOf(ArrayIndexOutOfBoundsException.class);
      }
      state = rule.next(state, members).orElseThrow().state();
    }
    assertThat(state.value().at(0)).as("half of each").isEqualTo(4f);
    rule.add(Contribution.of(delta(1, 9, 8, 1f), 0, FloatVector.copyOf(new float[] {1})));
    // with a push counted twice it would be less than half
    assertThat(rule.next(state, members).orElseThrow().state().value().at(0)).isGreaterThan(4.49f);
  }
}
