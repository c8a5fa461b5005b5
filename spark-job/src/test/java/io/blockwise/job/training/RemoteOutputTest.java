package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs and their models on storage that renames as HDFS does, and on an object store. */
@Tag("thorough")
class RemoteOutputTest {
  @TempDir Path directory;

  @AfterEach
  void forgetFileSystems() {
    RemoteFileSystems.settings("").keySet().forEach(key -> System.clearProperty(property(key)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "objects"})
  void runsKeepTheirRecordsAndTheLaterModelReplacesTheEarlier(String scheme) throws Exception {
    failing("");
    SmallRuns.copyDataset(directory);
    for (String id : List.of("one", "two")) {
      Settings settings = settings(scheme, "run-id=" + id);
      SmallRuns.train(settings);
      Path run = SmallRuns.output(directory).resolve("runs").resolve(id);
      assertThat(events(run)).containsExactly("started", "lease", "epoch", "finished");
      assertThat(run.resolve("resolved.conf")).hasContent(settings.rendered());
      assertThat(run.toFile().list())
          .containsExactlyInAnyOrder("resolved.conf", "events.jsonl", "report.html", "run.json");
      ModelVersion newest = models(scheme).readLatest();
      assertThat(newest.id()).isEqualTo(id);
      assertThat(newest).isEqualTo(models(scheme).read(id));
    }
    assertThat(leftOvers()).isEmpty();
    assertThat(SmallRuns.printed(() -> ModelEvaluation.run(settings(scheme, "run-id=one"))))
        .contains("Model small, version one")
        .doesNotContain("The figures differ");
    assertThat(SmallRuns.train(settings(scheme, "run-id=two")))
        .startsWith("Run two has ended before, and is not repeated");
  }

  @ParameterizedTest
  @CsvSource({"tree, LATEST", "tree, block-02", "objects, LATEST", "objects, manifest"})
  void modelThatCannotBePublishedLeavesTheFormerOneAndSaysSo(String scheme, String failing)
      throws Exception {
    failing("");
    SmallRuns.copyDataset(directory);
    SmallRuns.train(settings(scheme, "run-id=one"));
    ModelVersion former = models(scheme).readLatest();
    failing(failing);
    assertThatThrownBy(() -> SmallRuns.train(settings(scheme, "run-id=two")))
        .isInstanceOf(IOException.class)
        .hasMessage("disk full");
    Path run = SmallRuns.output(directory).resolve("runs/two");
    assertThat(events(run)).containsExactly("started", "lease", "epoch", "failed");
    failing("");
    assertThat(models(scheme).readLatest()).isEqualTo(former);
    SmallRuns.train(settings(scheme, "run-id=three"));
    assertThat(models(scheme).readLatest().id()).isEqualTo("three");
  }

  private Settings settings(String scheme, String... sets) {
    return SmallRuns.unprepared(
        directory,
        Stream.concat(
                Stream.of(
                    "output=" + scheme + "://" + SmallRuns.output(directory), "training.epochs=1"),
                Stream.of(sets))
            .toArray(String[]::new));
  }

  private ModelStore models(String scheme) throws IOException {
    return new ModelStore(
        HadoopSettings.current(),
        new org.apache.hadoop.fs.Path(
            scheme + "://" + SmallRuns.output(directory).resolve("models/small")));
  }

  /** The kinds of a run's events. */
  private static List<String> events(Path run) throws IOException {
    return Files.readAllLines(run.resolve("events.jsonl")).stream()
        .map(line -> line.replaceAll("^\\{\"event\":\"(\\w+)\".*}$", "$1"))
        .toList();
  }

  /** Files that nobody should find. */
  private List<String> leftOvers() throws IOException {
    try (Stream<Path> files = Files.walk(SmallRuns.output(directory))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(".") || name.endsWith(".tmp"))
          .toList();
    }
  }

  private static void failing(String part) {
    RemoteFileSystems.settings(part)
        .forEach((key, value) -> System.setProperty(property(key), value));
  }

  private static String property(String key) {
    return "spark.hadoop." + key;
  }
}
