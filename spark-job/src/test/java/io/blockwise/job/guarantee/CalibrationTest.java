package io.blockwise.job.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.config.GuaranteeSettings.Budget;
import io.blockwise.job.config.GuaranteeSettings.Risk;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.exits.ExitSweep;
import io.blockwise.model.exits.Said;
import io.blockwise.model.exits.Temperatures;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final ExitCosts COSTS = new ExitCosts(List.of(40L, 50L), List.of(10L, 10L));
  private static final Temperatures TEMPERATURES = new Temperatures(List.of(1.0, 2.0));

  /** The first exit errs on a share of its unsure rows; the last is always right. */
  private static ExitSweep sweep(double errors) {
    ExitSweep sweep = new ExitSweep(2, Temperatures.NONE);
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 2_000; i++) {
      double confidence = random.nextDouble(0.5, 1);
      boolean wrong = confidence < 0.8 && random.nextDouble() < errors;
      float odds = (float) Math.log(confidence / (1 - confidence));
      float[] first = wrong ? new float[] {0, odds} : new float[] {odds, 0};
      float[] last = {9, 0};
      sweep.add(List.of(Said.of(first, 0, 2, 1), Said.of(last, 0, 2, 1)), 0);
    }
    return sweep;
  }

  private static Calibration calibrated(double drop, double cost, double errors) {
    GuaranteeSettings wanted =
        new GuaranteeSettings(new Risk(drop, 0.95), new Budget(cost, 0.95), 0.5);
    return Calibration.of(wanted, COSTS, TEMPERATURES, sweep(errors));
  }

  private static double threshold(Exits exits) {
    return Double.parseDouble(exits.rule().replace("confidence=", ""));
  }

  @Test
  void ofAccuracyAloneTheLowestThresholdIsTaken() {
    Exits exits = calibrated(0.05, 0, 0.5).exits();
    assertThat(threshold(exits)).isBetween(0.68, 0.78);
    assertThat(exits.leaving().stream().mapToLong(Long::longValue).sum()).isEqualTo(2_000);
    assertThat(exits.temperatures()).containsExactly(1.0, 2.0);
    assertThat(exits.grid()).hasSize(70).startsWith(0.99, 0.98).endsWith(0.3);
    Exits.Guarantee guarantee = exits.guarantees().get(0);
    assertThat(exits.guarantees()).hasSize(1);
    assertThat(guarantee.bounded()).isEqualTo(Exits.Bounded.DROP);
    assertThat(guarantee.pValue()).isLessThanOrEqualTo(0.05);
    assertThat(guarantee.observed()).isBetween(0.03, 0.05);
    assertThat(guarantee.rows()).isEqualTo(2_000);
  }

  @Test
  void ofOperationsAloneTheHighestThresholdIsTaken() {
    Exits exits = calibrated(0, 0.8, 0.5).exits();
    // leaving at the first exit costs 0.5 and going on 1.1, so half of the rows may
    assertThat(threshold(exits)).isBetween(0.70, 0.76);
    Exits.Guarantee guarantee = exits.guarantees().get(0);
    assertThat(guarantee.bounded()).isEqualTo(Exits.Bounded.COST);
    assertThat(guarantee.observed()).isBetween(0.75, 0.8);
    assertThat(guarantee.pValue()).isLessThanOrEqualTo(0.05);
  }

  @Test
  void ofBothEachHasHalfOfWhatIsLeft() {
    Calibration both = calibrated(0.05, 0.9, 0.2);
    assertThat(both.missing()).isEmpty();
    assertThat(both.exits().guarantees()).hasSize(2);
    assertThat(both.exits().guarantees().get(0).confidence()).isCloseTo(0.975, within(1e-12));
    assertThat(both.exits().guarantees().get(1).pValue()).isLessThanOrEqualTo(0.025);
  }

  @Test
  void whereBothCannotBeHadTheGuaranteeOfAccuracyStaysAndTheReasonIsSaid() {
    Calibration apart = calibrated(0.02, 0.6, 0.5);
    assertThat(apart.missing().orElseThrow())
        .startsWith("accuracy needs a threshold of at least 0.7")
        .contains("the cost one of at most 0.5");
    assertThat(apart.exits().guarantees()).hasSize(1);
    assertThat(apart.exits().guarantees().get(0).bounded()).isEqualTo(Exits.Bounded.DROP);
  }

  @Test
  void aCostThatNoThresholdIsShownToKeepIsSaidWithItsFigures() {
    Calibration none = calibrated(0, 0.501, 0.5);
    assertThat(none.missing().orElseThrow())
        .isEqualTo(
            "no threshold is shown to cost at most 0.501 of the full path: at the lowest, 0.30, the"
                + " 2000 calibration rows cost 0.500 in the mean");
    assertThat(none.exits().rule()).isEqualTo("full");
    assertThat(none.exits().guarantees()).isEmpty();
  }

  @Test
  void sentencesSayWhatHolds() {
    assertThat(Calibration.sentences(calibrated(0.05, 0, 0.5).exits()).get(0))
        .matches(
            "Leaving early at confidence=0\\.7\\d loses of accuracy at most 0\\.05 with a confidence"
                + " of 0\\.95: 0\\.\\d+ of 2000 calibration rows, p = 0\\.0\\d+\\.");
    assertThat(Calibration.sentences(calibrated(0.002, 0, 1).exits()).get(0))
        .startsWith("Leaving early at confidence=0.8");
  }
}
