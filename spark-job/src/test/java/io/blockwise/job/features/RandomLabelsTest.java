package io.blockwise.job.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.Training;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RATT of models that were trained on 360 rows, of which 144 drew their label. */
@Tag("thorough")
class RandomLabelsTest {
  private static final String[] SMALL = {
    "features.rows=20", "features.picture-rows=10", "features.perplexity=3", "training.epochs=1"
  };

  @TempDir Path directory;

  @Test
  void errorsOfBothPartsAreThoseOfTheBlocksAnswers() throws Exception {
    Settings settings = trained(SmallRuns.noisy(directory, SMALL));
    String printed = SmallRuns.printed(() -> FeatureQuality.run(settings));
    JsonNode ratt = ratt();
    assertThat(ratt.get("own_rows").asInt()).isEqualTo(216);
    assertThat(ratt.get("random_rows").asInt()).isEqualTo(144);
    PublishedModel model = PublishedModel.open(settings, new Configuration());
    double[][] expected = errors(settings, model);
    for (int k = 0; k < 3; k++) {
      JsonNode block = ratt.get("blocks").get(k);
      assertThat(block.get("block").asInt()).isEqualTo(k + 1);
      assertThat(block.get("own_error").asDouble()).isCloseTo(expected[k][0], within(1e-12));
      assertThat(block.get("random_error").asDouble()).isCloseTo(expected[k][1], within(1e-12));
      assertThat(block.get("expected_error").asDouble())
          .isCloseTo(expected[k][0] + 9 - 10 * expected[k][1], within(1e-9));
      assertThat(block.get("test_error").asDouble())
          .isEqualTo(1 - model.version().metrics().test().accuracy().get(k));
    }
    assertThat(printed)
        .contains("216 rows of train with their own labels and on 144 whose labels were drawn");
    assertThat(Files.readString(directory.resolve("out/features/small/run/features.md")))
        .contains("| block | own labels | random labels | expected error | error on test |");
  }

  /** By block, of rows with their own labels and of the others, counted shard by shard. */
  private static double[][] errors(Settings settings, PublishedModel model) throws Exception {
    Dataset dataset = model.dataset();
    double[][] errors = new double[3][2];
    DatasetRows rows = new DatasetRows(dataset, 1 << 24, 1);
    try (DecoupledNetwork network = model.network(settings.engineChoice().with(EngineName.TORCH))) {
      for (Shard shard : dataset.manifest().split(Split.TRAIN).shards()) {
        int[] originals = dataset.originalLabels(shard);
        try (BatchSource batches = rows.inOrder(List.of(shard), model.transform(), shard.rows());
            Feed feed = new Feed(batches, 1, network::upload)) {
          Batch batch = feed.take();
          List<float[]> scores = network.scores(batch);
          for (int row = 0; row < shard.rows(); row++) {
            for (int k = 0; k < 3; k++) {
              boolean wrong = best(scores.get(k), row) != batch.labels()[row];
              boolean own = originals[row] < 0;
              errors[k][own ? 0 : 1] += wrong ? 1.0 / (own ? 216 : 144) : 0;
            }
          }
        }
      }
    }
    return errors;
  }

  private static int best(float[] scores, int row) {
    return IntStream.range(0, 10)
        .reduce(0, (a, b) -> scores[10 * row + b] > scores[10 * row + a] ? b : a);
  }

  @Test
  void whereNoLabelWasDrawnThatIsSaid() throws Exception {
    Settings settings = trained(SmallRuns.settings(directory, SMALL));
    assertThat(obstacle(settings))
        .isEqualTo("no label of train was drawn anew (data.label-noise draws them)");
  }

  @Test
  void labelsOfAllClassesButTheTrueOneAreNoneOfIt() throws Exception {
    Settings settings = SmallRuns.noisy(directory, with("data.label-noise.kind=symmetric-excl"));
    edit("symmetric-incl", "symmetric-excl");
    assertThat(obstacle(trained(settings)))
        .isEqualTo(
            "labels were drawn with data.label-noise.kind = symmetric-excl, and it takes"
                + " symmetric-incl");
  }

  @Test
  void dataSetOfTheSecondVersionDoesNotSayWhichLabelsWereDrawn() throws Exception {
    Settings settings = SmallRuns.noisy(directory, SMALL);
    edit("\"format_version\" : 3", "\"format_version\" : 2");
    edit(",\n  \"drawn\" : 144", "");
    assertThat(obstacle(trained(settings)))
        .startsWith("an earlier version made the data set and did not mark the labels");
  }

  @Test
  void dataThatTheModelWasNotTrainedOnSaysNothing() throws Exception {
    trained(SmallRuns.settings(directory, SMALL));
    Settings noisy =
        SmallRuns.unprepared(
            directory,
            with("data.name=noisy", "data.label-noise.rate=0.4", "evaluation.other-data=true"));
    assertThat(obstacle(noisy)).isEqualTo("the model was trained on another data set");
  }

  /** Says so in one line as well. */
  private String obstacle(Settings settings) throws Exception {
    String printed = SmallRuns.printed(() -> FeatureQuality.run(settings));
    String obstacle = ratt().get("none").asText();
    assertThat(printed.lines()).contains("No RATT: " + obstacle);
    return obstacle;
  }

  private static String[] with(String... sets) {
    return Stream.of(SMALL, sets).flatMap(Stream::of).toArray(String[]::new);
  }

  private void edit(String from, String to) throws IOException {
    Path manifest = directory.resolve("out/datasets/noisy/manifest.json");
    String text = Files.readString(manifest);
    assertThat(text).contains(from);
    Files.writeString(manifest, text.replace(from, to));
  }

  private JsonNode ratt() throws IOException {
    return new JsonMapper()
        .readTree(directory.resolve("out/features/small/run/features.json").toFile())
        .get("ratt");
  }

  private static Settings trained(Settings settings) throws Exception {
    SmallRuns.printed(() -> Training.run(settings));
    return settings;
  }
}
