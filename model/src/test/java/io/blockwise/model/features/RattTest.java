package io.blockwise.model.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RattTest {
  @Test
  void whoAnswersToRandomLabelsByChanceIsExpectedToErrAsOnOwnLabels() {
    assertThat(new Ratt(0.25, 0.9, 10).expected()).isCloseTo(0.25, within(1e-12));
    assertThat(new Ratt(0.25, 0.5, 2).expected()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void everyPointThatRandomLabelsAreLearnedCountsAsManyTimesAsThereAreClasses() {
    // own + (C - 1) (1 - C / (C - 1) random)
    assertThat(new Ratt(0.125, 0.875, 10).expected())
        .isCloseTo(0.125 + 9 * (1 - 10 / 9.0 * 0.875), within(1e-12))
        .isCloseTo(0.375, within(1e-12));
    assertThat(new Ratt(0, 0, 4).expected()).isEqualTo(3);
  }

  @Test
  void errorsAreShares() {
    assertThatThrownBy(() -> new Ratt(0, 1.5, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid random: 1.5 (must be from 0.0 to 1.0)");
  }
}
