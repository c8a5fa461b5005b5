package io.blockwise.job.training.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.MemorySize;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs that begin with the blocks of a published model, and what is left of one. */
@Tag("thorough")
class GrowingTest {
  private static final String FIRST =
      "[{type=convolution,filters=6},{type=batch-norm},{type=relu},{type=max-pool}]";
  private static final String SECOND =
      "[{type=convolution,filters=8},{type=batch-norm},{type=relu},{type=max-pool}]";
  private static final String THIRD = "[{type=convolution,filters=10},{type=relu}]";

  @TempDir Path directory;

  @BeforeEach
  void dataIsThere() {
    SmallRuns.copyDataset(directory);
  }

  @ParameterizedTest
  @CsvSource({"pred, 1, average", "al, 2, quorum", "scpl, 2, average"})
  void frozenBlocksAreTheAncestorsBytesAndTheNewOneLearns(String method, int workers, String rule)
      throws Exception {
    String[] sets = {"method=" + method, "workers=" + workers, "averaging.rule=" + rule};
    train("two", blocks(FIRST, SECOND), sets);
    // so small a network may have learned nothing in so little time, which makes no difference here
    write(version("two"), "fair", with(version("two").metrics(), 0.5, 0.5));
    String fair = "growth.from=" + versionPath("fair");
    String printed = train("three", blocks(FIRST, SECOND, THIRD), with(sets, fair));
    assertThat(bytes("three", 1)).isEqualTo(bytes("two", 1));
    assertThat(bytes("three", 2)).isEqualTo(bytes("two", 2));
    assertThat(printed).contains("Blocks trained in 0, 0, 2 epochs: ");

    ModelVersion grown = version("three");
    ModelVersion ancestor = version("two");
    assertThat(grown.provenance().get("ancestor"))
        .isEqualTo(
            Map.of(
                "model", "small",
                "version", "fair",
                "blocks", ancestor.blocks().stream().map(StoredBlock::sha256).toList()));
    assertThat(grown.metrics().validation().accuracy()).hasSize(3);
    assertThat(grown.metrics().validation().accuracy().subList(0, 2))
        .isEqualTo(ancestor.metrics().validation().accuracy());
    assertThat(grown.metrics().dynamics().trainedEpochs()).containsExactly(0, 0, 2);
    assertThat(SmallRuns.published(directory).id()).isEqualTo("three");
    // read back, and as accurate as was published
    ModelEvaluation.run(settings("three", blocks(FIRST, SECOND, THIRD), sets));
  }

  @Test
  void outputsOfFrozenBlocksThatAreKeptLeaveTheSameNumbers() throws Exception {
    String[] plain = {"method=pred", "training.augmentation=none", "training.epochs=3"};
    train("two", blocks(FIRST, SECOND), plain);
    String from = "growth.from=" + versionPath("two");
    for (String memory : List.of("0", "64m", "1k")) {
      String[] sets = with(plain, from, "training.frozen-memory=" + memory);
      long bytes = MemorySize.parse(memory).bytes();
      assertThat(SmallRuns.parts(settings("any", blocks(FIRST, SECOND, THIRD), sets)).plan())
          .extracting(WorkerPlan::frozenBytes)
          .isEqualTo(bytes);
      train("grown-" + memory, blocks(FIRST, SECOND, THIRD), sets);
    }
    assertThat(bytes("grown-64m", 3)).isEqualTo(bytes("grown-0", 3));
    assertThat(bytes("grown-1k", 3)).isEqualTo(bytes("grown-0", 3));
  }

  @Test
  void theAncestorsBlocksTrainOnWhereThatIsAskedFor() throws Exception {
    train("one", blocks(FIRST), "method=pred");
    train("two", blocks(FIRST, SECOND), "method=pred", fromNewest(), "growth.earlier=trained");
    assertThat(bytes("two", 1)).isNotEqualTo(bytes("one", 1));
    assertThat(version("two").provenance()).containsKey("ancestor");
    assertThat(version("two").metrics().dynamics().trainedEpochs()).containsExactly(2, 2);
  }

  @Test
  void furtherBlocksMayJoinOneByOne() throws Exception {
    train("one", blocks(FIRST), "method=pred");
    train(
        "three",
        blocks(FIRST, SECOND, THIRD),
        "method=pred",
        "growth.at=[2]",
        "growth.from=" + versionPath("one"));
    assertThat(bytes("three", 1)).isEqualTo(bytes("one", 1));
    assertThat(version("three").metrics().dynamics().trainedEpochs()).containsExactly(0, 1, 1);
  }

  @Test
  void aNetworkThatDoesNotBeginWithTheModelsBlocksIsRefused() throws Exception {
    train("two", blocks(FIRST, SECOND), "method=pred");
    String other = FIRST.replace("filters=6", "filters=5");
    refused(
        blocks(other, SECOND, THIRD),
        "Cannot grow from model version two: layer 1 of block 1 is Convolution[filters=6, kernel=3,"
            + " stride=1, padding=1, bias=false] there, and Convolution[filters=5, kernel=3,"
            + " stride=1, padding=1, bias=false] in the configuration (the first blocks of the"
            + " configuration have to be the model's)",
        "method=pred");
    refused(
        blocks(FIRST, SECOND.replace(",{type=max-pool}", ""), THIRD),
        "layer 4 of block 2 is MaxPool[kernel=2, stride=2] there, and none in the configuration",
        "method=pred");
    refused(
        blocks(FIRST, SECOND, THIRD),
        "loss of block 1 is CrossEntropy[] there, and PredSim[",
        "method=predsim");
    refused(
        blocks(FIRST, SECOND, THIRD),
        "exit of block 1 is ExitSpec[",
        "method=pred",
        "exit.features=pooled");
    refused(
        blocks(FIRST, SECOND),
        "Cannot grow from model version two: it has 2 blocks, and the configuration 2 (give a"
            + " configuration of the whole network, with further blocks)",
        "method=pred");
    assertThat(SmallRuns.versions(directory).toFile().list()).containsExactly("two");
  }

  @Test
  void aGrownBlockThatDoesNotFitIsRefused() throws Exception {
    train("one", blocks(FIRST), "method=pred");
    String pools = "[" + "{type=max-pool},".repeat(6) + "]";
    refused(blocks(FIRST, pools), "Cannot build block 2 for input ", "method=pred");
    refused(
        blocks(FIRST, SECOND),
        "Invalid growth.at: [2] (must be at most 0 epochs, since 2 of the 2 blocks are there in the"
            + " first one)",
        "method=pred",
        "growth.at=[2]");
  }

  @Test
  void aModelThatIsNoneOrWasAlteredIsRefused() throws Exception {
    refused(blocks(FIRST, SECOND), "LATEST does not exist (train first)", "method=pred");
    refused(
        blocks(FIRST, SECOND),
        "Invalid run-id: a b (must be ",
        "method=pred",
        "growth.from=" + versionPath("a b"));
    train("one", blocks(FIRST), "method=pred");
    Path block = SmallRuns.versions(directory).resolve("one/block-01.safetensors");
    byte[] bytes = Files.readAllBytes(block);
    bytes[bytes.length - 1] ^= 1;
    Files.write(block, bytes);
    refused(blocks(FIRST, SECOND), "the manifest says", "method=pred");
    bytes[bytes.length - 1] ^= 1;
    Files.write(block, bytes);
    Path manifest = SmallRuns.versions(directory).resolve("one/manifest.json");
    String text = Files.readString(manifest);
    Files.writeString(
        manifest, text.replaceFirst("\"format_version\" : 1", "\"format_version\" : 9"));
    refused(blocks(FIRST, SECOND), "has format version 9 (this Blockwise reads 1)", "method=pred");
  }

  /** Chance reaches up to a tenth and three standard deviations of 40 rows. */
  @Test
  void aModelWhoseLastBlockHasCollapsedIsRefusedWithItsFigures() throws Exception {
    train("one", blocks(FIRST), "method=pred");
    ModelVersion one = version("one");
    write(one, "fair", with(one.metrics(), 0.5));
    write(one, "chance", with(one.metrics(), 0.125));
    refused(
        blocks(FIRST, SECOND),
        "Cannot grow from model version chance: its block 1 has collapsed: 12.50 % on validation,"
            + " where always the most frequent class has 10.00 % and chance up to 24.23 % (train it"
            + " again, or shrink it to a block that has learned)",
        "method=pred",
        "growth.from=" + versionPath("chance"));
    train("grown", blocks(FIRST, SECOND), "method=pred", "growth.from=" + versionPath("fair"));
  }

  @Test
  void dataOfAnotherKindIsRefused() throws Exception {
    train("one", blocks(FIRST), "method=pred");
    ModelVersion one = version("one");
    List<String> classes = new ArrayList<>(one.description().classes());
    Collections.reverse(classes);
    store()
        .write(
            new ModelVersion(
                "other",
                new ModelDescription(
                    "small",
                    one.description().dataKind(),
                    classes,
                    one.description().fields(),
                    one.description().network(),
                    one.description().exits()),
                Map.of(),
                one.blocks(),
                one.metrics(),
                one.provenance()));
    refused(
        blocks(FIRST, SECOND),
        "Cannot grow from model version other on ",
        "method=pred",
        "growth.from=" + versionPath("other"));
  }

  @Test
  void trailingBlocksThatValidationDoesNotMissAreLeftOut() throws Exception {
    train("three", blocks(FIRST, SECOND, THIRD), "method=al");
    ModelVersion three = version("three");
    write(three, "judged", with(three.metrics(), 0.40, 0.61, 0.612));
    String model = SmallRuns.versions(directory).getParent().toString();
    store().publish("judged");
    assertThat(shrunk(model, 0.001))
        .contains("All 3 blocks are needed: none before the last is within 0.10 points of it");
    assertThat(store().requireLatest()).isEqualTo("judged");
    assertThat(shrunk(model, 0.005))
        .contains("      2     61.00 %", "      3     61.20 %  left out")
        .contains("Published 2 of 3 blocks: ");
    ModelVersion two = SmallRuns.published(directory);
    assertThat(two.id()).isEqualTo("20260203T040506Z-blocks2");
    assertThat(two.blocks()).isEqualTo(three.blocks().subList(0, 2));
    assertThat(bytes(two.id(), 2)).isEqualTo(bytes("three", 2));
    assertThat(two.metrics().validation().accuracy()).containsExactly(0.40, 0.61);
    assertThat(two.metrics().test().confusion()).hasSize(2);
    assertThat(two.metrics().parameters().body()).isLessThan(three.metrics().parameters().body());
    assertThat(two.provenance().get("ancestor").toString()).contains("version=judged");
    // the measured accuracies of both blocks on test are those that were published
    ModelEvaluation.run(settings(two.id(), blocks(FIRST, SECOND, THIRD), "method=al"));
  }

  private static String shrunk(String model, double drop) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Clock clock = Clock.fixed(Instant.parse("2026-02-03T04:05:06Z"), ZoneOffset.UTC);
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      Shrinking.shrink(new Configuration(), model, drop, clock, out);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void refused(String blocks, String message, String... sets) {
    Settings settings = settings("refused", blocks, with(new String[] {fromNewest()}, sets));
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
    assertThat(SmallRuns.versions(directory).resolve("refused")).doesNotExist();
  }

  private String train(String id, String blocks, String... sets) throws Exception {
    return SmallRuns.train(settings(id, blocks, sets));
  }

  private Settings settings(String id, String blocks, String... sets) {
    return SmallRuns.unprepared(directory, with(new String[] {"run-id=" + id, blocks}, sets));
  }

  private static String blocks(String... blocks) {
    return "network.blocks=[" + String.join(",", blocks) + "]";
  }

  /** The newest version of the model. */
  private String fromNewest() {
    return "growth.from=" + SmallRuns.versions(directory).getParent();
  }

  private String versionPath(String id) {
    return SmallRuns.versions(directory).resolve(id).toString();
  }

  private static String[] with(String[] sets, String... more) {
    return Stream.of(sets, more).flatMap(Stream::of).toArray(String[]::new);
  }

  private ModelStore store() {
    return new ModelStore(
        new Configuration(),
        new org.apache.hadoop.fs.Path(SmallRuns.versions(directory).getParent().toString()));
  }

  private ModelVersion version(String id) throws Exception {
    return store().read(id);
  }

  private void write(ModelVersion version, String id, Metrics metrics) throws Exception {
    store()
        .write(
            new ModelVersion(
                id,
                version.description(),
                version.vocabularies(),
                version.blocks(),
                metrics,
                version.provenance()));
  }

  private static Metrics with(Metrics metrics, Double... validation) {
    return new Metrics(
        new Metrics.Accuracies(List.of(validation)),
        metrics.test(),
        metrics.selectedEpoch(),
        metrics.epochs(),
        metrics.workers(),
        metrics.examplesPerSecond(),
        metrics.seconds(),
        metrics.parameters(),
        metrics.pushes(),
        metrics.waitForDataShare(),
        metrics.cost(),
        metrics.dynamics());
  }

  private byte[] bytes(String version, int block) throws Exception {
    return Files.readAllBytes(
        SmallRuns.versions(directory).resolve(version + "/block-0" + block + ".safetensors"));
  }
}
