package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.plan.Plan;
import io.blockwise.model.artifact.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs whose blocks stop and join. */
class ChangingBlocksTest {
  @TempDir Path directory;

  /** No rise is as large as 1, but for that of the first epoch. */
  @ParameterizedTest
  @CsvSource({"1, torch", "2, torch", "1, dl4j"})
  void aRunEndsWhenAllItsBlocksAreFrozen(int workers, String engine) throws Exception {
    String printed =
        SmallRuns.train(
            settings(
                "engine=" + engine,
                "workers=" + workers,
                "training.epochs=5",
                "stopping.patience=1",
                "stopping.min-delta=1"));
    assertThat(printed)
        .containsPattern("Block 1 is frozen after epoch 2: best on validation, with .* %, in epoch")
        .contains("All blocks are frozen: the run ends after epoch 2 of 5")
        .contains("Blocks trained in 2, 2, 2 epochs: 60.0 % of the operations and ");
    Metrics metrics = SmallRuns.published(directory).metrics();
    assertThat(metrics.epochs()).isEqualTo(2);
    assertThat(metrics.dynamics().trainedEpochs()).containsExactly(2, 2, 2);
    assertThat(metrics.dynamics().pushedBytesSaved()).isPositive();
    assertThat(SmallRuns.events(directory))
        .extracting(event -> event.get("event").asText())
        .containsExactly(
            "started",
            "epoch",
            "epoch",
            "block_frozen",
            "block_frozen",
            "block_frozen",
            "finished");
  }

  /** What blocks 1 and 2 learn is over when the third one joins, however long that trains. */
  @ParameterizedTest
  @CsvSource({"1, average, two-view", "2, quorum, weak"})
  void earlierBlocksStayAsTheyAreBitByBitWhenOneJoins(int workers, String rule, String augmentation)
      throws Exception {
    String[] sets = {
      "growth.at=[2,3]",
      "workers=" + workers,
      "averaging.rule=" + rule,
      "training.augmentation=" + augmentation
    };
    String printed = SmallRuns.train(settings(with(sets, "run-id=three", "training.epochs=3")));
    SmallRuns.train(settings(with(sets, "run-id=five", "training.epochs=5")));
    assertThat(printed)
        .contains("Block 2 joins in epoch 2; those before it are frozen")
        .contains("Block 3 joins in epoch 3; those before it are frozen")
        .contains("Best on validation: epoch 3 of 3");
    assertThat(bytes("five", 1)).isEqualTo(bytes("three", 1));
    assertThat(bytes("five", 2)).isEqualTo(bytes("three", 2));
    assertThat(bytes("five", 3)).isNotEqualTo(bytes("three", 3));
  }

  @Test
  void figuresAreOfTheBlocksThatHaveJoined() throws Exception {
    SmallRuns.train(
        settings("growth.at=[2]", "growth.earlier=trained", "training.epochs=3", "workers=2"));
    List<JsonNode> epochs =
        SmallRuns.events(directory).stream()
            .filter(event -> event.get("event").asText().equals("epoch"))
            .toList();
    assertThat(epochs.get(0).get("validation_accuracy")).hasSize(2);
    assertThat(epochs.get(1).get("validation_accuracy")).hasSize(3);
    assertThat(losses(epochs.get(0))).containsExactly(true, true, false);
    assertThat(losses(epochs.get(1))).containsExactly(true, true, true);
    // of a cosine over two epochs, when the others' over three are a third done
    JsonNode rates = epochs.get(1).get("learning_rate");
    assertThat(rates.get(2).asDouble()).isGreaterThan(1.9 * rates.get(1).asDouble());
    Metrics metrics = SmallRuns.published(directory).metrics();
    assertThat(metrics.selectedEpoch()).isGreaterThan(1);
    assertThat(metrics.validation().accuracy()).hasSize(3);
    assertThat(metrics.dynamics().trainedEpochs()).containsExactly(3, 3, 2);
  }

  private static List<Boolean> losses(JsonNode epoch) {
    return StreamSupport.stream(epoch.get("loss").spliterator(), false)
        .map(JsonNode::isNumber)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "growth.at=[1] | Invalid growth.at: [1] in --set:1 (must be epochs from 2 on, each later than the one before)",
        "growth.at=[2,2] | 'Invalid growth.at: [2, 2] in --set:1 (must be epochs from 2 on, each later than the one before)'",
        "growth.at=[3] | Invalid growth.at: [3] in --set:1 (must be within the 2 epochs of the run)",
        "stopping.patience=-1 | Invalid stopping.patience: -1 in --set (must be at least 0)",
        "stopping.min-delta=2 | Invalid stopping.min-delta: 2.0 in --set (must be from 0.0 to 1.0)",
        "growth.earlier=gone | Invalid growth.earlier: gone in --set (must be frozen or trained)",
      })
  void valuesThatCannotBeAreRefused(String set, String message) {
    assertThatThrownBy(() -> SmallRuns.unprepared(directory, set))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    assertThatThrownBy(
            () -> SmallRuns.unprepared(directory, "stopping.patience=1", "growth.at=[2]"))
        .hasMessageStartingWith("Invalid stopping.patience: 1")
        .hasMessageContaining("must be 0 with growth.at");
    assertThatThrownBy(
            () -> SmallRuns.unprepared(directory, "averaging.tape=true", "stopping.patience=1"))
        .hasMessageStartingWith("Invalid averaging.tape: true")
        .hasMessageContaining("must be false with stopping.patience or growth.from");
    assertThatThrownBy(
            () ->
                SmallRuns.unprepared(
                    directory, "method=bp", "training.baseline=dl4j-spark", "stopping.patience=1"))
        .hasMessageStartingWith("Invalid training.baseline: dl4j-spark")
        .hasMessageContaining("the baseline trains all blocks");
  }

  @Test
  void moreBlocksThanThereAreCannotJoin() {
    Settings many = settings("growth.at=[2,3,4]", "training.epochs=4");
    for (SmallRuns.Action action :
        List.<SmallRuns.Action>of(() -> SmallRuns.train(many), () -> Plan.run(many))) {
      assertThatThrownBy(action::run)
          .isInstanceOf(UserException.class)
          .hasMessage(
              "Invalid growth.at: [2, 3, 4] (must be at most 2 epochs, since 1 of the 3 blocks are"
                  + " there in the first one)");
    }
    assertThatThrownBy(() -> SmallRuns.train(settings("growth.at=[2]", "span=2", "method=pred")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid growth.at: [2] (must be [] with span = 2, where a block needs the next one)");
  }

  private Settings settings(String... sets) {
    return SmallRuns.unprepared(copied(), sets);
  }

  private Path copied() {
    if (!Files.exists(SmallRuns.output(directory).resolve("datasets"))) {
      SmallRuns.copyDataset(directory);
    }
    return directory;
  }

  private static String[] with(String[] sets, String... more) {
    return Stream.of(sets, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  private byte[] bytes(String version, int block) throws Exception {
    return Files.readAllBytes(
        SmallRuns.versions(directory).resolve(version + "/block-0" + block + ".safetensors"));
  }
}
