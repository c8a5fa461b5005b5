package io.blockwise.job.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.CalibrateOptions;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.config.GuaranteeSettings.Budget;
import io.blockwise.job.config.GuaranteeSettings.Risk;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guarantees of a run, and of a model that is published already. */
@Timeout(120)
class ModelCalibrationTest {
  private static final String[] GUARANTEED = {
    "method=pred", "exit.risk.drop=0.2", "exit.risk.confidence=0.8", "training.epochs=3"
  };

  @TempDir static Path plain;
  @TempDir static Path guaranteed;

  @BeforeAll
  static void train() throws Exception {
    SmallRuns.train(SmallRuns.settings(plain, "method=pred", "training.epochs=3"));
    SmallRuns.train(SmallRuns.settings(guaranteed, GUARANTEED));
  }

  private static String model(Path directory) {
    return SmallRuns.versions(directory).getParent().toString();
  }

  private static String dataset(Path directory) throws Exception {
    try (Stream<Path> sets = Files.list(SmallRuns.output(directory).resolve("datasets"))) {
      return sets.filter(path -> !path.getFileName().toString().matches("(many|noisy).*"))
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }

  private static CalibrateOptions options(Path directory, String split, double drop, double cost)
      throws Exception {
    return new CalibrateOptions(
        model(directory),
        dataset(directory),
        split,
        new GuaranteeSettings(new Risk(drop, 0.8), new Budget(cost, 0.8), 0.5),
        16,
        new EngineChoice(EngineName.TORCH, Precision.FLOAT32));
  }

  @Test
  void aRunSetsRowsAsideAndPublishesTheThresholdThatTheyShow() throws Exception {
    ModelVersion version = SmallRuns.published(guaranteed);
    Exits exits = version.description().exits();
    assertThat(exits.temperatures()).hasSize(3);
    assertThat(exits.guarantees()).hasSize(1);
    Exits.Guarantee guarantee = exits.guarantees().get(0);
    assertThat(guarantee.rows()).isEqualTo(20);
    assertThat(exits.leaving().stream().mapToLong(Long::longValue).sum()).isEqualTo(20);
    assertThat(guarantee.pValue()).isLessThanOrEqualTo(0.2);
    assertThat(version.provenance()).containsEntry(ModelCalibration.CALIBRATION_ROWS, 20);
    assertThat(exits.rule().equals("full"))
        .isEqualTo(exits.leaving().get(0) == 0 && exits.leaving().get(1) == 0);
  }

  @Test
  void onlyTheRowsThatAreLeftChooseTheEpoch() throws Exception {
    // accuracies of validation are shares of its other 20 rows
    for (double accuracy : SmallRuns.published(guaranteed).metrics().validation().accuracy()) {
      assertThat(accuracy * 20 % 1).isZero();
    }
  }

  @Test
  void withoutTheKeyNothingIsSetAside() throws Exception {
    ModelVersion version = SmallRuns.published(plain);
    assertThat(version.description().exits().rule()).isEqualTo("full");
    assertThat(version.description().exits().guarantees()).isEmpty();
    assertThat(version.description().exits().temperatures()).hasSize(3);
    assertThat(version.provenance()).containsEntry(ModelCalibration.CALIBRATION_ROWS, 0);
  }

  @Test
  void aPublishedModelIsCalibratedByRowsThatItHasNotSeen() throws Exception {
    ModelVersion before = SmallRuns.published(guaranteed);
    String printed =
        SmallRuns.printed(() -> ModelCalibration.run(options(guaranteed, "test", 0.2, 0)));
    ModelVersion after = SmallRuns.published(guaranteed);
    assertThat(after.id()).isEqualTo(before.id() + "-calibrated-1");
    assertThat(after.blocks()).isEqualTo(before.blocks());
    assertThat(after.provenance()).containsEntry("calibrated_from", before.id());
    assertThat(after.description().exits().guarantees().get(0).rows()).isEqualTo(100);
    assertThat(after.description().exits().temperatures())
        .isEqualTo(before.description().exits().temperatures());
    assertThat(printed)
        .contains("Model in ", before.id() + "-calibrated-1", "of the calibration rows (");
  }

  @Test
  void rowsThatNothingWasChosenByMayBeUsedAgain() throws Exception {
    CalibrateOptions options =
        new CalibrateOptions(
            model(guaranteed) + "/versions/run",
            dataset(guaranteed),
            "validation",
            new GuaranteeSettings(new Risk(0.3, 0.8), new Budget(0, 0.8), 0.5),
            16,
            new EngineChoice(EngineName.TORCH, Precision.FLOAT32));
    String printed = SmallRuns.printed(() -> ModelCalibration.run(options));
    assertThat(printed).contains("20 calibration rows");
  }

  @Test
  void rowsThatChoseTheEpochOrTrainedAreRefused() {
    assertThatThrownBy(() -> ModelCalibration.run(options(plain, "validation", 0.2, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the model's epoch was chosen by the rows of its split validation")
        .hasMessageContaining("--split test");
    assertThatThrownBy(() -> ModelCalibration.run(options(plain, "train", 0.2, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the model was trained on the rows of its split train");
  }

  @Test
  void tooFewRowsAreRefusedBeforeAnythingIsComputed() {
    assertThatThrownBy(() -> ModelCalibration.run(options(plain, "test", 0.01, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it takes at least 161");
    Settings settings =
        SmallRuns.unprepared(plain, "run-id=other", "method=pred", "exit.risk.drop=0.01");
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it takes at least 299")
        .hasMessageContaining("validation has 598 rows");
  }

  @Test
  void whatCannotBeHadIsRefusedAndWritesNothing() throws Exception {
    assertThatThrownBy(() -> ModelCalibration.run(options(plain, "test", 0, 0.01)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the first block and its exit cost");
    assertThatThrownBy(() -> ModelCalibration.run(options(plain, "other", 0.2, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Invalid --split: other");
    assertThat(SmallRuns.published(plain).id()).isEqualTo("run");
  }
}
