package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.bulk.BulkPrediction;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;

/**
 * What became of a small run of one worker somewhere: equal, however often and wherever it is done.
 *
 * @param datasets SHA-256 of every file below {@code datasets}, by its place there; raw files too
 * @param blocks the same of the published model's blocks
 * @param accuracy of every block on the test split
 * @param answers the lines of the answers to the test split; in no order
 */
record WholeFlow(
    Map<String, String> datasets,
    Map<String, String> blocks,
    List<Double> accuracy,
    List<String> answers) {

  /** Generates, prepares, trains, evaluates and predicts, with everything below one place. */
  static WholeFlow of(Path directory, String output) throws Exception {
    Settings settings = settings(directory, output);
    try (SparkSession spark = spark()) {
      assertThat(Datasets.openOrPrepare(settings, HadoopSettings.current())).isNotNull();
      SmallRuns.train(settings);
      assertThat(SmallRuns.printed(() -> ModelEvaluation.run(settings)))
          .contains("Model small, version run")
          .doesNotContain("The figures differ");
      SmallRuns.printed(() -> BulkPrediction.run(question(output)));
      return found(output, spark.read().json(output + "/answers").toJSON().collectAsList());
    }
  }

  /** The same before anybody has asked. */
  WholeFlow withoutAnswers() {
    return new WholeFlow(datasets, blocks, accuracy, List.of());
  }

  /** The configuration of it. */
  static Settings settings(Path directory, String output, String... sets) {
    return SmallRuns.unprepared(
        directory,
        Stream.concat(
                Stream.of("output=" + output, "workers=1", "training.epochs=1"), Stream.of(sets))
            .toArray(String[]::new));
  }

  private static SparkSession spark() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .getOrCreate();
  }

  private static PredictOptions question(String output) {
    return new PredictOptions(
        output + "/models/small",
        output + "/datasets/shapes",
        output + "/answers",
        Optional.of("full"),
        PredictOptions.Format.JSONL,
        Optional.empty(),
        "test",
        16,
        new EngineChoice(EngineName.TORCH, Precision.FLOAT32));
  }

  /** What lies below an output that somebody else has filled. */
  static WholeFlow found(String output, List<String> answers) throws IOException {
    Storage storage = new Storage(HadoopSettings.current());
    org.apache.hadoop.fs.Path models = new org.apache.hadoop.fs.Path(output, "models/small");
    ModelVersion version = new ModelStore(HadoopSettings.current(), models).readLatest();
    Map<String, String> blocks =
        digests(storage, new org.apache.hadoop.fs.Path(models, "versions"));
    blocks.keySet().removeIf(name -> !name.endsWith(".safetensors"));
    return new WholeFlow(
        digests(storage, new org.apache.hadoop.fs.Path(output, "datasets")),
        blocks,
        version.metrics().test().accuracy(),
        answers.stream().sorted().toList());
  }

  private static Map<String, String> digests(Storage storage, org.apache.hadoop.fs.Path directory)
      throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (FileStatus entry : storage.list(directory)) {
      String name = entry.getPath().getName();
      if (entry.isDirectory()) {
        digests(storage, entry.getPath())
            .forEach((below, digest) -> digests.put(name + "/" + below, digest));
      } else {
        digests.put(name, Digests.sha256(storage.bytes(entry.getPath())));
      }
    }
    return digests;
  }

  /** The kinds of a run's events. */
  static List<String> events(String output) throws IOException {
    byte[] events =
        new Storage(HadoopSettings.current())
            .bytes(new org.apache.hadoop.fs.Path(output, "runs/run/events.jsonl"));
    return new String(events, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceAll("^\\{\"event\":\"(\\w+)\".*}$", "$1"))
        .toList();
  }
}
