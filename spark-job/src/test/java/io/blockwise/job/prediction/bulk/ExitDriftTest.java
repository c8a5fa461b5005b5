package io.blockwise.job.prediction.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.artifact.Exits;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitDriftTest {
  private static Exits exits(Long... leaving) {
    return new Exits(List.of(), "confidence=0.80", List.of(leaving), List.of(), List.of());
  }

  @Test
  void otherSharesThanInCalibrationAreSaid() {
    assertThat(ExitDrift.remark(exits(600L, 300L, 100L), new long[] {400, 350, 250}).orElseThrow())
        .isEqualTo(
            "Rows leave elsewhere than in calibration: block 1 answers 40.0 %, there it was 60.0 %;"
                + " what was guaranteed may not hold of such rows (calibrate by rows like them)");
  }

  @Test
  void whatChanceExplainsIsNotSaid() {
    assertThat(ExitDrift.remark(exits(60L, 30L, 10L), new long[] {9, 7, 4})).isEmpty();
    assertThat(ExitDrift.remark(exits(600L, 300L, 100L), new long[] {6100, 2950, 950})).isEmpty();
  }

  @Test
  void anExitThatNobodyUsesDoesNotMatter() {
    assertThat(ExitDrift.remark(exits(600L, 0L, 400L), new long[] {610, 0, 390})).isEmpty();
    assertThat(ExitDrift.remark(exits(1000L, 0L, 0L), new long[] {0, 0, 500})).isPresent();
    assertThat(ExitDrift.remark(exits(1000L, 0L, 0L), new long[] {500, 0, 0})).isEmpty();
  }

  @Test
  void aModelThatWasNotCalibratedHasNothingToDriftFrom() {
    assertThat(ExitDrift.remark(Exits.PLAIN, new long[] {1, 2})).isEmpty();
  }
}
