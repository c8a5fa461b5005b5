package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleSpecTest {
  private static final ScheduleSpec STEP = new ScheduleSpec.Step(List.of(0.5), 0.1);

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, 0", "0.1, 0.25", "0.4, 1", "0.45, 1", "0.5, 0.1", "1, 0.1", "2, 0.1"})
  void warmUpRisesEvenlyAndLeavesTheRestOfTheScheduleAsItIs(double progress, double factor) {
    assertThat(new ScheduleSpec.WarmUp(0.4, STEP).factor(progress))
        .isCloseTo(factor, within(1e-12));
  }

  @Test
  void aScheduleFallsUnderTheRampToo() {
    ScheduleSpec cosine = new ScheduleSpec.Cosine(0.01);
    assertThat(new ScheduleSpec.WarmUp(0.4, cosine).factor(0.2))
        .isCloseTo(0.5 * cosine.factor(0.2), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 0, 1, 1.5, Double.NaN})
  void aRampOverNothingOrTheWholeRunIsRefused(double share) {
    assertThatThrownBy(() -> new ScheduleSpec.WarmUp(share, STEP))
        .hasMessageStartingWith("Invalid training.schedule.warm-up: " + share);
  }
}
