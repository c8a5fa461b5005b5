package io.blockwise.job.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.FeatureSettings.ReadOut;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.Training;
import io.blockwise.model.features.Distances;
import io.blockwise.model.features.FeatureRows;
import io.blockwise.model.network.DecoupledNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("thorough")
class FeatureQualityTest {
  private static final String[] SMALL = {
    "features.rows=80",
    "features.probe-rows=200",
    "features.picture-rows=60",
    "features.perplexity=10"
  };

  @TempDir Path directory;

  @Test
  void everyBlockIsMeasuredAndDrawnBelowTheOutput() throws Exception {
    Settings settings = trained();
    String printed = SmallRuns.printed(() -> FeatureQuality.run(settings));
    Path features = directory.resolve("out/features/small/run");
    JsonNode report = new JsonMapper().readTree(features.resolve("features.json").toFile());
    assertThat(report.get("rows").asInt()).isEqualTo(80);
    assertThat(report.get("probe_rows").asInt()).isEqualTo(200);
    assertThat(report.get("read_out").asText()).isEqualTo("pooled");
    assertThat(report.get("blocks")).hasSize(3);
    for (JsonNode block : report.get("blocks")) {
      double intra = block.get("raw").get("intra").asDouble();
      double inter = block.get("raw").get("inter").asDouble();
      assertThat(intra).isPositive();
      assertThat(block.get("raw").get("ratio").asDouble()).isCloseTo(inter / intra, within(1e-9));
      assertThat(block.get("probe_accuracy").asDouble()).isBetween(0.1, 1.0);
      Path picture = features.resolve("block-" + block.get("block").asInt() + ".svg");
      assertThat(Files.readString(picture).split("<circle", -1)).hasSize(61);
    }
    assertThat(report.get("blocks").get(2).get("probe_accuracy").asDouble())
        .isBetween(0.3, 1.0); // chance is 0.1
    String markdown = Files.readString(features.resolve("features.md"));
    assertThat(markdown).contains("| block | values |", "![block 3](block-3.svg)");
    assertThat(printed).contains(markdown.lines().filter(line -> line.startsWith("| 2 ")).toList());
  }

  @Test
  void aModelOfBackpropagationIsMeasuredAtTheBordersOfItsBackbone() throws Exception {
    Settings settings = trained("method=bp", "exit.features=pooled");
    String printed = SmallRuns.printed(() -> FeatureQuality.run(settings));
    Path features = directory.resolve("out/features/small/run");
    JsonNode report = new JsonMapper().readTree(features.resolve("features.json").toFile());
    assertThat(report.get("trained_as_one_block").asBoolean()).isTrue();
    assertThat(report.get("blocks").findValuesAsText("values")).containsExactly("4", "8", "16");
    assertThat(features.resolve("block-3.svg")).exists();
    assertThat(printed).contains("trained as one block", "| 2 | 8 | ");
  }

  /** methods 2j: of associated learning the bridge's output as well. */
  @Test
  void ofAssociatedBlocksTheBridgesAreMeasuredToo() throws Exception {
    Settings settings = trained("method=al", "al.width=12");
    SmallRuns.printed(() -> FeatureQuality.run(settings));
    Path features = directory.resolve("out/features/small/run");
    JsonNode blocks =
        new JsonMapper().readTree(features.resolve("features.json").toFile()).get("blocks");
    assertThat(blocks.findValuesAsText("block")).containsExactly("1", "1", "2", "2", "3", "3");
    assertThat(blocks.findValuesAsText("of"))
        .containsExactly("output", "bridge", "output", "bridge", "output", "bridge");
    assertThat(blocks.findValuesAsText("values")).containsExactly("4", "12", "8", "12", "16", "12");
    assertThat(Files.readString(features.resolve("features.md")))
        .contains("| 3, bridge | 12 | ", "![block 3, bridge](block-3-bridge.svg)");
    assertThat(features.resolve("block-3-bridge.svg")).exists();
  }

  @Test
  void tooFewRowsOfTheClassesOfAPictureAreRefused() {
    FeatureRows rows =
        new FeatureRows(new float[] {1, 2, 3, 4, 5}, 1, new int[] {0, 20, 21, 3, 7}, 30);
    assertThatThrownBy(() -> ClassPicture.requireDrawable("small", rows))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot draw the features of small: 3 of the first 5 rows of test are of the first 20"
                + " classes, and a picture takes 4 (raise features.rows, or use a data set that has"
                + " more of them in test)");
  }

  @Test
  void thatTheProbeLearnsFromNoisyLabelsIsSaid() throws Exception {
    Settings settings = SmallRuns.noisy(directory, with("training.epochs=1"));
    SmallRuns.printed(() -> Training.run(settings));
    String printed = SmallRuns.printed(() -> FeatureQuality.run(settings));
    assertThat(printed)
        .contains(
            "The probe learned from the labels that training reads: 35.28 % of those of train");
    Path json = directory.resolve("out/features/small/run/features.json");
    assertThat(new JsonMapper().readTree(json.toFile()).get("probe_label_noise").asDouble())
        .isEqualTo(127 / 360.0);
  }

  @Test
  void aSecondCallWritesTheSameFilesAgain() throws Exception {
    Settings settings = trained();
    Path features = directory.resolve("out/features/small/run");
    SmallRuns.printed(() -> FeatureQuality.run(settings));
    List<byte[]> first = bytes(features);
    SmallRuns.printed(() -> FeatureQuality.run(settings));
    assertThat(bytes(features)).usingRecursiveComparison().isEqualTo(first);
  }

  private static List<byte[]> bytes(Path features) throws Exception {
    return List.of(
        Files.readAllBytes(features.resolve("features.json")),
        Files.readAllBytes(features.resolve("block-1.svg")));
  }

  @Test
  void rowsAreTheFirstOnesAndPooledAreMeansOfFlatOnes() throws Exception {
    Settings settings = trained();
    PublishedModel model = PublishedModel.open(settings, new Configuration());
    DatasetRows rows = new DatasetRows(model.dataset(), 1 << 24, 1);
    EngineChoice torch = settings.engineChoice().with(EngineName.TORCH);
    try (DecoupledNetwork network = model.network(torch)) {
      FeatureRows pooled =
          new Extraction(network, ReadOut.POOLED)
              .of(new Place(2, false), new FirstRows(model, rows, Split.TEST, 70, 16));
      FeatureRows flat =
          new Extraction(network, ReadOut.FLAT)
              .of(new Place(2, false), new FirstRows(model, rows, Split.TEST, 70, 32));
      assertThat(pooled.rows()).isEqualTo(70);
      assertThat(pooled.width()).isEqualTo(8);
      assertThat(flat.width()).isEqualTo(8 * 8 * 8);
      assertThat(Distances.ofRaw(pooled).intra()).isLessThan(Distances.ofRaw(flat).intra());
      List<Integer> labels = labels(model);
      for (int row = 0; row < 70; row++) {
        assertThat(pooled.label(row)).isEqualTo(labels.get(row));
      }
    }
  }

  private static List<Integer> labels(PublishedModel model) {
    return model.dataset().manifest().split(Split.TEST).shards().stream()
        .map(model.dataset()::read)
        .flatMap(FeatureQualityTest::labels)
        .toList();
  }

  private static Stream<Integer> labels(Rows rows) {
    return IntStream.range(0, rows.count()).mapToObj(rows::label);
  }

  @Test
  void aModelThatThereIsNotIsRefused() {
    Settings settings = SmallRuns.settings(directory, SMALL);
    assertThatThrownBy(() -> FeatureQuality.run(settings)).isInstanceOf(UserException.class);
  }

  private Settings trained(String... sets) throws Exception {
    Settings settings = SmallRuns.settings(directory, with(sets));
    SmallRuns.printed(() -> Training.run(settings));
    return settings;
  }

  private static String[] with(String... sets) {
    return Stream.of(SMALL, sets).flatMap(Stream::of).toArray(String[]::new);
  }
}
