package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.plan.Plan;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs that stop before their last epoch. */
class EarlyEndTest {
  @TempDir Path directory;

  /** No rise is as large as 1, but for that of the first epoch. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method=bp | workers=1 | training.epochs-at=examples",
        "method=pred | workers=2 | training.epochs-at=steps",
        "method=scpl | workers=2 | averaging.rule=quorum"
      })
  void aRunEndsOnceItsPatienceIsOverAndSaysSo(String method, String workers, String more)
      throws Exception {
    String printed =
        SmallRuns.train(
            SmallRuns.settings(
                directory,
                method,
                workers,
                more,
                "training.epochs=6",
                "training.patience={epochs=2, min-delta=1}"));
    Metrics metrics = SmallRuns.published(directory).metrics();
    assertThat(metrics.epochs()).isEqualTo(3);
    assertThat(metrics.pushes().sent()).isEqualTo(metrics.pushes().received());
    List<JsonNode> events = SmallRuns.events(directory);
    JsonNode stopped = events.get(events.size() - 2);
    assertThat(stopped.path("event").asText()).isEqualTo("stopped_early");
    assertThat(stopped.path("epoch").asInt()).isEqualTo(3);
    assertThat(stopped.path("best_epoch").asInt()).isEqualTo(1);
    String said = "The run ends after epoch 3 of ";
    assertThat(stopped.path("reason").asText()).startsWith(said);
    assertThat(printed).contains(said, "Best on validation: epoch " + metrics.selectedEpoch());
    JsonNode status = SmallRuns.json(SmallRuns.run(directory).resolve("run.json"));
    assertThat(status.path("state").asText()).isEqualTo("finished");
    assertThat(status.path("reason").asText()).startsWith(said);
    assertThat(Files.readString(SmallRuns.run(directory).resolve("report.html")))
        .contains("ended early", said);
  }

  /** As a run has it that ends with that epoch; the rate is constant, so that it can be one. */
  @Test
  void theBestEpochByMetricAndBlockIsPublished() throws Exception {
    String[] sets = {
      "method=pred",
      "training.schedule.kind=constant",
      "training.learning-rate=3e-2",
      "training.patience={epochs=2, metric=validation-loss, block=1}"
    };
    SmallRuns.train(settings(sets, "run-id=long", "training.epochs=12"));
    ModelVersion published = SmallRuns.published(directory);
    int epoch = published.metrics().selectedEpoch();
    List<JsonNode> epochs =
        SmallRuns.events(directory, "long").stream()
            .filter(event -> event.path("event").asText().equals("epoch"))
            .toList();
    double best = loss(epochs.get(epoch - 1));
    assertThat(epochs).allSatisfy(each -> assertThat(loss(each)).isGreaterThanOrEqualTo(best));
    assertThat(published.metrics().epochs()).isEqualTo(Math.min(12, epoch + 2));

    SmallRuns.train(settings(sets, "run-id=short", "training.epochs=" + epoch));
    assertThat(SmallRuns.published(directory).blocks()).isEqualTo(published.blocks());
  }

  private static double loss(JsonNode epoch) {
    return epoch.path("validation_loss").path(0).asDouble();
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    String on = "training.patience.epochs=1";
    assertThatThrownBy(() -> SmallRuns.unprepared(directory, "averaging.tape=true", on))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Invalid averaging.tape: true")
        .hasMessageContaining("must be false with training.patience.epochs");
    assertThatThrownBy(
            () -> SmallRuns.unprepared(directory, "method=bp", "training.baseline=dl4j-spark", on))
        .hasMessageContaining("must be none with training.patience.epochs");
    assertThatThrownBy(() -> SmallRuns.unprepared(directory, "training.patience.min-delta=-1"))
        .hasMessageContaining("Invalid training.patience.min-delta: -1.0")
        .hasMessageContaining("(must be a number of at least 0)");
    Settings fourth = SmallRuns.settings(directory, on, "training.patience.block=4");
    for (SmallRuns.Action action :
        List.<SmallRuns.Action>of(() -> SmallRuns.train(fourth), () -> Plan.run(fourth))) {
      assertThatThrownBy(action::run)
          .isInstanceOf(UserException.class)
          .hasMessage("Invalid training.patience.block: 4 (must be last or from 1 to 3)");
    }
    Settings frozen =
        SmallRuns.unprepared(
            directory, on, "training.patience.block=2", "growth.at=[2]", "training.epochs=3");
    assertThatThrownBy(() -> SmallRuns.train(frozen))
        .hasMessageStartingWith("Invalid training.patience.block: 2 (must be last or above 2");
  }

  private Settings settings(String[] sets, String... more) {
    if (!Files.exists(SmallRuns.output(directory).resolve("datasets"))) {
      SmallRuns.copyDataset(directory);
    }
    String[] all = Stream.of(sets, more).flatMap(Arrays::stream).toArray(String[]::new);
    return SmallRuns.unprepared(directory, all);
  }
}
