package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.model.spec.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositivesTest {
  @TempDir Path directory;

  /** Of the table in methods 2c. */
  @ParameterizedTest
  @CsvSource({"100, 128, 0.279", "200, 128, 0.529", "100, 1024, 0.00003", "200, 1024, 0.006"})
  void shareOfRowsWithoutAnotherOfTheirClassIsTheExpectedOne(int classes, int batch, double share) {
    assertThat(positives("scpl", "weak", classes, batch).lacking()).isCloseTo(share, within(6e-4));
  }

  @Test
  void contrastOfRowsOfWhichMostHaveNoOtherIsRefusedWithOneView() {
    assertThatThrownBy(() -> positives("scpl", "strong", 200, 128).require())
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train scpl with one view of each image: of 128 rows of 200 classes 52.9 % have"
                + " no other row of their class (set training.augmentation = two-view, or raise"
                + " training.batch-size)");
  }

  @Test
  void twoViewsAreEnoughForAnyBatch() {
    Positives positives = positives("scpl", "two-view", 200, 1);
    positives.require();
    assertThat(positives.warning()).isEmpty();
  }

  @Test
  void someRowsThatTeachNothingAreWorthALine() {
    Positives some = positives("scpl", "none", 100, 128);
    some.require();
    assertThat(some.warning())
        .contains(
            "of 128 rows of 100 classes 27.9 % have no other row of their class and teach scpl"
                + " nothing (training.augmentation = two-view)");
    assertThat(positives("scpl", "none", 10, 128).warning()).isEmpty();
  }

  @Test
  void otherLossesDoNotMind() {
    Positives positives = positives("pred", "weak", 200, 2);
    positives.require();
    assertThat(positives.warning()).isEmpty();
  }

  private Positives positives(String method, String augmentation, int classes, int batch) {
    Settings settings =
        SmallRuns.unprepared(
            directory,
            "method=" + method,
            "training.augmentation=" + augmentation,
            "training.batch-size=" + batch);
    return Positives.of(settings.training(), settings.network(Shape.map(3, 32, 32), classes));
  }
}
