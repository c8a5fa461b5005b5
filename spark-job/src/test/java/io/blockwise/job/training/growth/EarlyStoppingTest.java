package io.blockwise.job.training.growth;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.StoppingSettings;
import io.blockwise.job.training.growth.EarlyStopping.Stopped;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  @Test
  void aBlockIsFrozenAfterSoManyEpochsWithoutARise() {
    EarlyStopping stopping = new EarlyStopping(new StoppingSettings(2, 0), 2, 0);
    assertThat(stopping.evaluated(1, List.of(0.5, 0.1))).isEmpty();
    assertThat(stopping.evaluated(2, List.of(0.5, 0.2))).as("equal is no rise").isEmpty();
    assertThat(stopping.evaluated(3, List.of(0.4, 0.3))).containsExactly(new Stopped(1, 3, 0.5, 1));
    assertThat(stopping.frozen()).isEqualTo(1);
  }

  @Test
  void aBlockWaitsForThoseBeforeItAndIsThenFrozenWithThem() {
    EarlyStopping stopping = new EarlyStopping(new StoppingSettings(1, 0), 3, 0);
    stopping.evaluated(1, List.of(0.1, 0.5, 0.1));
    assertThat(stopping.evaluated(2, List.of(0.2, 0.5, 0.2))).isEmpty();
    assertThat(stopping.evaluated(3, List.of(0.2, 0.4, 0.3)))
        .containsExactly(new Stopped(1, 3, 0.2, 2), new Stopped(2, 3, 0.5, 1));
    assertThat(stopping.evaluated(4, List.of(0.2, 0.4, 0.3)))
        .containsExactly(new Stopped(3, 4, 0.3, 3));
  }

  @Test
  void aSmallRiseDoesNotCountUntilItHasAddedUp() {
    EarlyStopping stopping = new EarlyStopping(new StoppingSettings(2, 0.05), 1, 0);
    stopping.evaluated(1, List.of(0.50));
    assertThat(stopping.evaluated(2, List.of(0.53))).isEmpty();
    assertThat(stopping.evaluated(3, List.of(0.56))).as("0.06 above the first").isEmpty();
    stopping.evaluated(4, List.of(0.58));
    assertThat(stopping.evaluated(5, List.of(0.60))).hasSize(1);
  }

  @Test
  void nothingStopsWithoutPatienceAndWhatIsFrozenFromTheStartIsNotCounted() {
    EarlyStopping off = new EarlyStopping(new StoppingSettings(0, 0), 1, 0);
    for (int epoch = 1; epoch < 20; epoch++) {
      assertThat(off.evaluated(epoch, List.of(0.5))).isEmpty();
    }
    EarlyStopping grown = new EarlyStopping(new StoppingSettings(1, 0), 2, 1);
    grown.evaluated(1, List.of(0.5, 0.5));
    assertThat(grown.evaluated(2, List.of(0.5, 0.5))).containsExactly(new Stopped(2, 2, 0.5, 1));
  }
}
