package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of formats that are no longer written. */
class FormerCheckpointTest {
  private static final Path FORMER = Path.of("src/test/resources/golden/checkpoint-1");

  @TempDir Path directory;

  /** It was written after two of three epochs of this run. */
  @Test
  void checkpointOfFormat1IsResumed() throws Exception {
    Settings settings =
        SmallRuns.settings(
            directory,
            "checkpoint.interval=1ms",
            "training.epochs=3",
            "method=pred",
            "vgg-small.width=1",
            "exit.features=pooled",
            "training.optimiser=sgd");
    Path run = SmallRuns.run(directory);
    Path checkpoint = run.resolve("checkpoints/000002");
    Files.createDirectories(checkpoint.getParent());
    SmallRuns.copy(FORMER, checkpoint);
    JsonNode manifest = SmallRuns.json(checkpoint.resolve("manifest.json"));
    Files.writeString(
        checkpoint.resolve("manifest.json"),
        manifest
            .toString()
            .replace(
                manifest.path("dataset").asText(),
                SmallRuns.parts(settings).dataset().fingerprint()));
    Files.createFile(run.resolve("run.json"));
    Files.writeString(run.resolve("resolved.conf"), settings.rendered());

    assertThat(SmallRuns.train(settings))
        .contains(
            "Run run goes on from checkpoint 2, in epoch 2, with 66.7 % of its training done");
    assertThat(SmallRuns.published(directory).metrics().epochs()).isEqualTo(3);
  }
}
