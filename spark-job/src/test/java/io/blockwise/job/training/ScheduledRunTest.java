package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.UserException;
import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.job.NotPublishedException;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs as a scheduler starts them: with a name of their own, again and again, of one model. */
@Timeout(120)
@Tag("thorough")
class ScheduledRunTest {
  @TempDir Path directory;

  private static String[] with(String run, String... more) {
    return Stream.concat(
            Stream.of("run-id=" + run, "method=pred", "training.epochs=1"), Stream.of(more))
        .toArray(String[]::new);
  }

  private Path models() {
    return SmallRuns.output(directory).resolve("models/small");
  }

  private JsonNode status(String run) throws IOException {
    return SmallRuns.json(SmallRuns.output(directory).resolve("runs/" + run + "/run.json"));
  }

  @Test
  void finishedRunIsNotRepeated() throws Exception {
    Settings settings = SmallRuns.settings(directory, with("monday"));
    SmallRuns.train(settings);
    assertThat(status("monday").get("state").asText()).isEqualTo("finished");
    Map<String, Integer> before = SmallRuns.content(SmallRuns.output(directory));
    String printed = SmallRuns.train(settings);
    assertThat(printed)
        .startsWith("Run monday has ended before, and is not repeated")
        .contains("Best on validation: epoch 1 of 1", "Published ");
    assertThat(SmallRuns.content(SmallRuns.output(directory))).isEqualTo(before);
  }

  @Test
  void runThatWasKilledBetweenItsModelAndItsPublicationPublishesIt() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, with("monday")));
    Settings settings = SmallRuns.unprepared(directory, with("tuesday", "seed=2"));
    SmallRuns.train(settings);
    // as it is a moment before
    Files.writeString(models().resolve("LATEST"), "monday\n");
    Path status = SmallRuns.output(directory).resolve("runs/tuesday/run.json");
    Files.writeString(status, Files.readString(status).replace("finished", "publishing"));

    String printed = SmallRuns.train(settings);

    assertThat(printed).startsWith("Run tuesday was stopped when its model was complete");
    assertThat(models().resolve("LATEST")).hasContent("tuesday");
    assertThat(models().resolve("PREVIOUS")).hasContent("monday");
    assertThat(status("tuesday").get("state").asText()).isEqualTo("finished");
  }

  @Test
  void modelThatIsNotGoodEnoughStaysUnpublishedAndCanBePublishedByHand() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, with("good", "training.epochs=3")));
    Settings settings =
        SmallRuns.unprepared(
            directory,
            with(
                "bad",
                "training.learning-rate=1e-9",
                "publish.if=validation-accuracy >= latest - 0.005"));
    String message =
        "Not published: version bad of model small stays where it is, since its validation accuracy"
            + " is ";
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(NotPublishedException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining(" %, the published version's ")
        .hasMessageContaining(
            " % was asked for (publish.if = validation-accuracy >= latest - 0.005;")
        .hasMessageEndingWith("/models/small --to bad)");
    assertThat(models().resolve("LATEST")).hasContent("good");
    assertThat(status("bad").get("state").asText()).isEqualTo("not_published");
    assertThat(status("bad").get("reason").asText()).startsWith(message);
    // nor is that repeated
    assertThatThrownBy(() -> SmallRuns.train(settings)).isInstanceOf(NotPublishedException.class);

    assertThat(rolledBack(Optional.of("bad"))).startsWith("Published version bad of ");
    assertThat(models().resolve("LATEST")).hasContent("bad");
    assertThat(rolledBack(Optional.empty())).startsWith("Published version good of ");
    assertThat(models().resolve("LATEST")).hasContent("good");
  }

  private String rolledBack(Optional<String> to) throws Exception {
    return SmallRuns.printed(
        () -> Rollback.rollBack(new Configuration(), models().toString(), to, System.out));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void retrainingGoesOnWithThePublishedWeights(int frozen) throws Exception {
    String[] warm = {"warm-start.from=latest", "warm-start.frozen=" + frozen};
    String first = SmallRuns.train(SmallRuns.settings(directory, with("1", warm)));
    assertThat(first).contains("No version is published yet: the weights are drawn");
    List<StoredBlock> before = SmallRuns.published(directory).blocks();
    String[] again = {warm[0], warm[1], "training.learning-rate=1e-12"};
    String second = SmallRuns.train(SmallRuns.unprepared(directory, with("2", again)));
    assertThat(second).contains("Starting from version 1");
    ModelVersion after = SmallRuns.published(directory);
    for (int k = 0; k < before.size(); k++) {
      float[] found = after.blocks().get(k).parameters().toArray();
      assertThat(found).containsExactly(before.get(k).parameters().toArray(), within(1e-6f));
      if (k < frozen) {
        assertThat(after.blocks().get(k)).isEqualTo(before.get(k));
      }
    }
    assertThat(after.provenance().get("ancestor").toString()).contains("version=1");
    assertThatThrownBy(
            () -> SmallRuns.train(SmallRuns.unprepared(directory, with("3", "method=bp", warm[0]))))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot start from model version 2: it has 3 blocks, and the")
        .hasMessageEndingWith(
            "(set warm-start.from = none, or give the configuration of its training)");
  }

  @Test
  void retrainingGoesOnWithRowsThatHaveComeSince() throws Exception {
    SmallTexts.prepare(directory);
    String first =
        SmallRuns.train(
            SmallTexts.settings(directory, directory, "backbone=text-linear", "run-id=monday"));
    assertThat(first).contains("Published ");
    Path raw = directory.resolve("tuesday-raw");
    SmallTexts.write(raw, 300, 60, new SplittableRandom(9));
    String[] tuesday = {
      "backbone=text-linear",
      "run-id=tuesday",
      "data.name=tuesday",
      "data.append-to=text",
      "data.path=" + raw,
      "warm-start.from=latest",
      "training.epochs=1",
      "training.learning-rate=1e-9"
    };
    Settings settings = SmallTexts.settings(directory, directory, tuesday);
    SmallRuns.prepare(settings);
    assertThat(SmallRuns.train(settings)).contains("Starting from version monday");
    ModelVersion model = SmallRuns.published(directory);
    assertThat(model.id()).isEqualTo("tuesday");
    // on rows that Monday's network has never seen, and with as good as its weights
    assertThat(model.metrics().test().accuracy().get(2)).isGreaterThan(0.8);
  }

  @Test
  void oldVersionsAreDeletedButNeverThePublishedOneAndTheOneBefore() throws Exception {
    for (String run : new String[] {"1", "2", "3", "4"}) {
      SmallRuns.train(SmallRuns.settings(directory, with(run, "seed=" + run)));
      deleteDatasets();
    }
    rolledBack(Optional.of("1"));
    SmallRuns.train(SmallRuns.settings(directory, with("5", "seed=5", "publish.keep=1")));
    assertThat(models().resolve("versions").toFile().list()).containsExactlyInAnyOrder("1", "5");
    assertThat(rolledBack(Optional.empty())).startsWith("Published version 1 of ");
  }

  private void deleteDatasets() throws IOException {
    try (Stream<Path> files = Files.walk(SmallRuns.output(directory).resolve("datasets"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void firstVersionHasNoneBeforeIt() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, with("first")));
    assertThatThrownBy(() -> rolledBack(Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot roll back %s: no other version was published before first (name one with --to"
                + " VERSION)",
            models());
    assertThatThrownBy(() -> rolledBack(Optional.of("second")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read model version second: ");
  }

  @Test
  void secondRunOfAModelIsRefusedWhileTheFirstOneIsAtWork() throws Exception {
    Settings settings = SmallRuns.settings(directory, with("monday"));
    org.apache.hadoop.fs.Path model = new org.apache.hadoop.fs.Path(models().toString());
    try (DirectoryLock lock =
        DirectoryLock.acquire(
            new Storage(new Configuration()),
            model,
            LockTimes.refusing(Duration.ofMinutes(2)),
            notice -> {})) {
      lock.requireHeld();
      assertThatThrownBy(() -> SmallRuns.train(settings))
          .isInstanceOf(UserException.class)
          .hasMessageMatching(
              "Cannot write .*/models/small: process \\d+ on \\S+ is writing it \\(wait until it has"
                  + " ended, or end it\\)");
    }
    assertThat(SmallRuns.output(directory).resolve("runs")).doesNotExist();
    SmallRuns.train(settings);
  }

  @Test
  void runThatFailedSaysSoAndTheNextStartGoesOn() throws Exception {
    String[] sets = with("monday", "training.max-non-finite=1");
    Settings bad = SmallRuns.settings(directory, sets);
    Settings failing =
        SmallRuns.unprepared(
            directory,
            Stream.concat(Stream.of(sets), Stream.of("training.learning-rate=1e30"))
                .toArray(String[]::new));
    assertThatThrownBy(() -> SmallRuns.train(failing)).isInstanceOf(RuntimeException.class);
    assertThat(status("monday").get("state").asText()).isEqualTo("failed");
    assertThat(status("monday").get("reason").asText()).startsWith("Cannot train block ");
    assertThatThrownBy(() -> SmallRuns.train(bad))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("training.learning-rate is 0.003, not ");
    assertThatThrownBy(() -> SmallRuns.train(failing)).isInstanceOf(RuntimeException.class);
    assertThat(status("monday").get("starts").asInt()).isEqualTo(3);
  }
}
