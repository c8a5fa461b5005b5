package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that are stopped in the middle and started again, beside ones that are not. */
@Timeout(120)
@Tag("thorough")
class ResumeTest {
  private static final String[] KEPT = {
    "checkpoint.interval=1ms", "training.epochs=5", "training.schedule.kind=cosine"
  };

  @TempDir Path directory;
  private Path stopped;
  private Path whole;

  @BeforeEach
  void makeDirectories() throws IOException {
    stopped = Files.createDirectory(directory.resolve("stopped"));
    whole = Files.createDirectory(directory.resolve("whole"));
  }

  @ParameterizedTest
  @CsvSource({
    "torch, scpl, 1, average, training.optimiser=adam",
    "torch, pred, 2, quorum,  averaging.outer.optimiser=nesterov",
    "torch, pred, 1, average, growth.at=[3]",
    "torch, pred, 2, quorum, 'training.patience={epochs=3, min-delta=1}'",
  })
  void runThatIsResumedEndsInTheBytesOfOneThatWasNotStopped(
      String engine, String method, int workers, String rule, String more) throws Exception {
    resumedIsAsWhole(engine, method, workers, rule, more);
  }

  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "torch, scpl, 1, average, training.optimiser=sgd",
    "dl4j,  scpl, 1, average, training.optimiser=adam",
    "torch, bp,   1, average, training.optimiser=adamw",
    "torch, al,   1, average, averaging.period=3",
    "torch, pred, 2, quorum,  averaging.period=2",
    "torch, pred, 1, average, stopping.patience=1",
  })
  void soItDoesWhateverItIsMadeOf(
      String engine, String method, int workers, String rule, String more) throws Exception {
    resumedIsAsWhole(engine, method, workers, rule, more);
  }

  private void resumedIsAsWhole(String engine, String method, int workers, String rule, String more)
      throws Exception {
    String[] sets =
        with(
            "engine=" + engine,
            "method=" + method,
            "workers=" + workers,
            more,
            "averaging.rule=" + rule);
    SmallRuns.train(SmallRuns.settings(whole, sets));
    stopAt(2, SmallRuns.settings(stopped, sets));

    String printed = SmallRuns.train(SmallRuns.unprepared(stopped, sets));

    assertThat(printed).contains("Run run goes on from checkpoint ");
    assertSameRun();
  }

  private void assertSameRun() throws IOException {
    ModelVersion expected = SmallRuns.published(whole);
    ModelVersion found = SmallRuns.published(stopped);
    assertThat(found.blocks()).isEqualTo(expected.blocks());
    assertThat(found.metrics().validation()).isEqualTo(expected.metrics().validation());
    assertThat(found.metrics().test()).isEqualTo(expected.metrics().test());
    assertThat(found.metrics().selectedEpoch()).isEqualTo(expected.metrics().selectedEpoch());
    assertThat(found.metrics().pushes()).isEqualTo(expected.metrics().pushes());
    assertThat(found.metrics().dynamics()).isEqualTo(expected.metrics().dynamics());
    assertThat(lastLosses(stopped)).isEqualTo(lastLosses(whole));
    assertThat(SmallRuns.run(stopped).resolve("checkpoints")).doesNotExist();
  }

  private static List<String> lastLosses(Path directory) throws IOException {
    List<JsonNode> epochs = events(directory, "epoch");
    JsonNode last = epochs.get(epochs.size() - 1);
    return List.of(last.get("epoch").toString(), last.get("loss").toString());
  }

  private static List<JsonNode> events(Path directory, String event) throws IOException {
    return SmallRuns.events(directory).stream()
        .filter(line -> line.get("event").asText().equals(event))
        .toList();
  }

  /** Stops a run, in whatever it is doing, once it has completed a checkpoint, or a later one. */
  private void stopAt(int checkpoint, Settings settings) throws Exception {
    List<Throwable> failures = new ArrayList<>();
    Thread training =
        new Thread(
            () -> {
              try {
                SmallRuns.train(settings);
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    training.start();
    while (training.isAlive() && newest() < checkpoint) {
      Thread.sleep(5);
    }
    while (training.isAlive()) {
      training.interrupt(); // again, as Hadoop swallows one here and there
      training.join(100);
    }
    assertThat(failures).hasSize(1);
    assertThat(SmallRuns.versions(stopped)).doesNotExist();
  }

  private int newest() {
    Path checkpoints = SmallRuns.run(stopped).resolve("checkpoints");
    String[] all = checkpoints.toFile().list();
    return all == null
        ? 0
        : Arrays.stream(all)
            .filter(name -> Files.exists(checkpoints.resolve(name).resolve("manifest.json")))
            .mapToInt(Integer::parseInt)
            .max()
            .orElse(0);
  }

  private static String[] with(String... sets) {
    return Stream.concat(Arrays.stream(KEPT), Arrays.stream(sets)).toArray(String[]::new);
  }

  @Test
  void runWithoutACheckpointBeginsAnew() throws Exception {
    String[] sets = {"checkpoint.interval=0s"};
    SmallRuns.train(SmallRuns.settings(whole, sets));
    SmallRuns.copyDataset(stopped);
    Files.createDirectories(SmallRuns.run(stopped));
    Files.createFile(SmallRuns.run(stopped).resolve("run.json")); // killed while it was written
    Files.writeString(
        SmallRuns.run(stopped).resolve("resolved.conf"),
        SmallRuns.unprepared(stopped, sets).rendered());

    String printed = SmallRuns.train(SmallRuns.unprepared(stopped, sets));

    assertThat(printed).contains("Run run was begun before and has no checkpoint: it begins anew");
    assertThat(SmallRuns.published(stopped).blocks())
        .isEqualTo(SmallRuns.published(whole).blocks());
  }

  @Test
  void anotherConfigurationIsRefusedWithTheDifferences() throws Exception {
    stopAt(1, SmallRuns.settings(stopped, with("method=pred")));
    Settings other =
        SmallRuns.unprepared(
            stopped,
            with("method=pred", "training.learning-rate=1e-2", "seed=2", "checkpoint.keep=5"));
    assertThatThrownBy(() -> SmallRuns.train(other))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Cannot resume run run: this is another configuration than that in ")
        .hasMessageEndingWith(
            "resolved.conf: seed is 2, not 1; training.learning-rate is 0.01, not 0.003 (start it with"
                + " the same configuration, or choose another run-id)");
  }

  @Test
  void checkpointThatIsDamagedIsPassedOverForTheOneBefore() throws Exception {
    String[] sets = with("method=pred", "training.epochs=6");
    SmallRuns.train(SmallRuns.settings(whole, sets));
    stopAt(3, SmallRuns.settings(stopped, sets));
    Path newest = newestCheckpoint();
    byte[] state = Files.readAllBytes(newest.resolve("driver.state"));
    state[state.length / 2]++;
    Files.write(newest.resolve("driver.state"), state);

    String printed = SmallRuns.train(SmallRuns.unprepared(stopped, sets));

    assertThat(printed)
        .contains("Cannot resume from ", "driver.state: it has ", "its manifest says ")
        .contains("Run run goes on from checkpoint ");
    assertSameRun();
  }

  @Test
  void stateOfAWorkerThatIsDamagedEndsTheRunInOneLine() throws Exception {
    String[] sets = with("method=pred");
    stopAt(1, SmallRuns.settings(stopped, sets));
    Path newest = newestCheckpoint();
    Path state;
    try (Stream<Path> files = Files.list(newest)) {
      state = files.filter(file -> file.toString().contains("worker-01")).findAny().orElseThrow();
    }
    Files.writeString(state, "x".repeat((int) Files.size(state)), StandardCharsets.US_ASCII);
    Settings settings = SmallRuns.unprepared(stopped, sets);
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot resume from ")
        .hasMessageContaining("/worker-01-lease-")
        .hasMessageContaining("its manifest says ")
        .hasMessageContaining("(delete ")
        .hasMessageEndingWith(" to resume from the checkpoint before)");
  }

  @Test
  void checkpointOfALaterFormatIsRefused() throws Exception {
    String[] sets = with("method=pred");
    stopAt(1, SmallRuns.settings(stopped, sets));
    Path manifest = newestCheckpoint().resolve("manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest).replace("\"format_version\" : 2", "\"format_version\" : 3"));
    Settings settings = SmallRuns.unprepared(stopped, sets);
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it has format version 3, this Blockwise reads 1 to 2")
        .hasMessageEndingWith("(resume with the version that wrote it, or choose another run-id)");
  }

  private Path newestCheckpoint() throws IOException {
    try (Stream<Path> all = Files.list(SmallRuns.run(stopped).resolve("checkpoints"))) {
      return all.filter(each -> Files.exists(each.resolve("manifest.json")))
          .sorted()
          .reduce((a, b) -> b)
          .orElseThrow();
    }
  }

  @Test
  void newestCheckpointsStay() throws Exception {
    stopAt(4, SmallRuns.settings(stopped, with("training.epochs=8", "checkpoint.keep=3")));
    try (Stream<Path> all = Files.list(SmallRuns.run(stopped).resolve("checkpoints"))) {
      assertThat(all.filter(each -> Files.exists(each.resolve("manifest.json")))).hasSize(3);
    }
    assertThat(events(stopped, "checkpoint").get(0).get("epoch").asInt()).isEqualTo(1);
  }
}
