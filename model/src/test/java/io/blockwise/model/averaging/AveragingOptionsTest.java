package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.NO_OUTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.AveragingOptions.Rule;
import io.blockwise.model.averaging.codec.Codec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AveragingOptionsTest {
  private static final Outer NESTEROV = new Outer(OuterOptimiser.NESTEROV, 0.9, 0.7);

  @Test
  void everyBoundNamesItsKey() {
    refuses("averaging.period: 0", Rule.AVERAGE, 0, 4, 0, 0, NO_OUTER);
    refuses("averaging.staleness.max: 0.0", Rule.AVERAGE, 1, 0, 0, 0, NO_OUTER);
    refuses("averaging.quorum.size: -1", Rule.QUORUM, 1, 4, -1, 0, NO_OUTER);
    for (double gamma : new double[] {0, -0.5, 1.001, Double.NaN}) {
      assertThatThrownBy(() -> new AveragingOptions.Quorum(0, QuorumWait.GRACE, gamma))
          .hasMessage(
              "Invalid averaging.quorum.gamma: " + gamma + " (must be above 0 and at most 1)");
    }
    assertThatThrownBy(() -> new Outer(OuterOptimiser.SGD, 1, 1))
        .hasMessageStartingWith("Invalid averaging.outer.momentum: 1.0");
    assertThatThrownBy(() -> new Outer(OuterOptimiser.SGD, 0, 0))
        .hasMessageStartingWith("Invalid averaging.outer.rate: 0.0");
  }

  @Test
  void whatBelongsToTheQuorumIsRefusedWithoutIt() {
    refuses("averaging.quorum.size: 2", Rule.AVERAGE, 1, 4, 2, 0, NO_OUTER);
    refuses("averaging.quorum.wait: 1s", Rule.AVERAGE, 1, 4, 0, 1, NO_OUTER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Rule.AVERAGE, 1, 4, 0, QuorumWait.GRACE, NO_OUTER, Gain.NONE))
        .withMessage(
            "Invalid averaging.quorum.wait: grace (must be all unless averaging.rule is quorum)");
    refuses("averaging.outer.optimiser: nesterov", Rule.AVERAGE, 1, 4, 0, 0, NESTEROV);
  }

  @Test
  void aGainIsRefusedWithAQuorum() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(Rule.QUORUM, 1, 4, 0, 0, NO_OUTER, Gain.NORM))
        .withMessage(
            "Invalid averaging.gain: norm (must be none unless averaging.rule is average)");
  }

  @Test
  void aPeriodBySpeedIsRefusedInLockStep() {
    AveragingOptions lockStep = Averaging.lockStep(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bySpeed(lockStep.quorum()))
        .withMessage(
            "Invalid averaging.period-by-speed: true (must be false in lock-step, where all workers"
                + " push at the same batches)");
    assertThat(bySpeed(new AveragingOptions.Quorum(0, QuorumWait.GRACE, 0.5)).periodBySpeed())
        .isTrue();
  }

  private static AveragingOptions bySpeed(AveragingOptions.Quorum quorum) {
    return new AveragingOptions(
        Rule.QUORUM,
        8,
        true,
        Codec.FP32,
        new AveragingOptions.Staleness(4),
        quorum,
        NO_OUTER,
        Gain.NONE,
        0);
  }

  @Test
  void aQuorumOfSomeDoesNotWaitForAll() {
    refuses("averaging.quorum.wait: all", Rule.QUORUM, 1, 4, 2, 0, NO_OUTER);
  }

  @Test
  void onlyAQuorumOfAllThatWaitsForAllIsLockStep() {
    assertThat(options(Rule.QUORUM, 1, 4, 0, 0, NESTEROV).lockStep()).isTrue();
    assertThat(options(Rule.QUORUM, 1, 4, 0, QuorumWait.GRACE, NO_OUTER, Gain.NONE).lockStep())
        .isFalse();
    assertThat(options(Rule.QUORUM, 1, 4, 0, 1, NO_OUTER).lockStep()).isFalse();
    assertThat(options(Rule.QUORUM, 1, 4, 2, 1, NO_OUTER).lockStep()).isFalse();
    assertThat(options(Rule.AVERAGE, 1, 4, 0, 0, NO_OUTER).lockStep()).isFalse();
  }

  private static void refuses(
      String value, Rule rule, int period, double staleness, int size, int wait, Outer outer) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(rule, period, staleness, size, wait, outer))
        .withMessageStartingWith("Invalid " + value + " (must ");
  }

  private static AveragingOptions options(
      Rule rule, int period, double staleness, int size, int waitSeconds, Outer outer) {
    return options(rule, period, staleness, size, waitSeconds, outer, Gain.NONE);
  }

  private static AveragingOptions options(
      Rule rule, int period, double staleness, int size, int waitSeconds, Outer outer, Gain gain) {
    QuorumWait wait =
        waitSeconds == 0 ? QuorumWait.ALL : QuorumWait.of(Duration.ofSeconds(waitSeconds));
    return options(rule, period, staleness, size, wait, outer, gain);
  }

  private static AveragingOptions options(
      Rule rule, int period, double staleness, int size, QuorumWait wait, Outer outer, Gain gain) {
    return new AveragingOptions(
        rule,
        period,
        false,
        Codec.FP32,
        new AveragingOptions.Staleness(staleness),
        new AveragingOptions.Quorum(size, wait, 0.5),
        outer,
        gain,
        0);
  }
}
