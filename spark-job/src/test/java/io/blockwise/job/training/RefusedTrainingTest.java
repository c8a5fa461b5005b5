package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Threads;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be trained: the message, and that nothing of it is left behind. */
@Timeout(120) // what hangs shall fail
class RefusedTrainingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"361, 1, 0, 360", "181, 2, 0, 180", "91, 2, 60, 90"})
  void batchLargerThanAWorkersDataIsRefused(int batch, int workers, int lease, int rows) {
    Settings settings =
        SmallRuns.settings(
            directory,
            "training.batch-size=" + batch,
            "workers=" + workers,
            "lease.seconds=" + lease);
    assertRefused(settings, UserException.class)
        .hasMessage(
            "Cannot train with training.batch-size = %d: a worker gets %d rows at a time (lower"
                + " training.batch-size, or use fewer workers)",
            batch, rows);
  }

  @Test
  void batchAsLargeAsAWorkersDataIsNot() throws Exception {
    SmallRuns.train(
        SmallRuns.settings(directory, "training.batch-size=180", "workers=2", "training.epochs=1"));
    assertThat(SmallRuns.published(directory).id()).isEqualTo("run");
  }

  @Test
  void networkThatTheImagesAreTooSmallForIsRefused() {
    String pools = "{type=max-pool},".repeat(6);
    Settings settings =
        SmallRuns.settings(
            directory, "network.blocks=[[{type=convolution,filters=2}],[" + pools + "]]");
    assertRefused(settings, UserException.class)
        .hasMessageStartingWith("Cannot build block 2 for input ")
        .hasMessageEndingWith("(choose another backbone or loss, or data of another shape)");
  }

  @Test
  void moreWorkersThanShardsAreRefused() throws IOException {
    assertThatThrownBy(() -> SmallRuns.settings(directory, "workers=5"))
        .hasMessage(
            "Invalid workers.count: 5 in --set (must be at most data.shards.train, which is 4)");
  }

  @Test
  void moreWorkersThanTheDataSetHasShardsAreRefused() throws IOException {
    Settings settings = SmallRuns.settings(directory, "workers=2");
    changeManifest(
        manifest -> {
          ObjectNode train = (ObjectNode) manifest.get("splits").get("train");
          JsonNode first = train.withArray("shards").get(0);
          train.putArray("shards").add(first);
          train.put("rows", first.get("rows").asLong());
          train.putArray("rows_per_class").add(first.get("rows").asLong());
          for (int i = 1; i < 10; i++) {
            train.withArray("rows_per_class").add(0);
          }
        });
    assertRefused(settings, UserException.class)
        .hasMessage(
            "Cannot train with 2 workers: the data set has 1 training shards (lower workers, or"
                + " prepare it with more data.shards.train)");
  }

  @Test
  void dataSetOfOtherOptionsIsRefused() {
    assertRefused(SmallRuns.settings(directory, "data.seed=7"), UserException.class)
        .hasMessageContaining("data.seed is 1 there, but 7 now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "validation", "test"})
  void missingSplitIsRefusedBeforeTraining(String split) throws IOException {
    Settings settings = SmallRuns.settings(directory);
    changeManifest(manifest -> ((ObjectNode) manifest.get("splits")).remove(split));
    assertRefused(settings, UserException.class)
        .hasMessageStartingWith("Cannot use split " + split + ": the data set has only [");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "validation", "test"})
  void missingShardIsRefusedBeforeTraining(String split) throws IOException {
    Settings settings = SmallRuns.settings(directory);
    Files.delete(shard(split));
    assertRefused(settings, UserException.class)
        .hasMessage(
            "Cannot read shard %s/shard-00001.parquet: it is missing from %s (delete the data set"
                + " and prepare it again)",
            split, dataset());
  }

  @Test
  void missingFolderOfASplitIsRefusedBeforeTraining() throws IOException {
    Settings settings = SmallRuns.settings(directory);
    Files.move(dataset().resolve("test"), directory.resolve("elsewhere"));
    assertRefused(settings, UserException.class)
        .hasMessageStartingWith("Cannot read shard test/shard-00000.parquet: it is missing from ");
  }

  @Test
  void shortenedShardIsRefusedBeforeTraining() throws IOException {
    Settings settings = SmallRuns.settings(directory);
    byte[] bytes = Files.readAllBytes(shard("test"));
    Files.write(shard("test"), Arrays.copyOf(bytes, bytes.length - 1));
    assertRefused(settings, UserException.class)
        .hasMessageContaining(
            "its %d bytes are not the manifest's %d", bytes.length - 1, bytes.length);
  }

  @Test
  void outputThatIsAFileIsRefusedBeforeAnything() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    Settings settings = SmallRuns.unprepared(directory, "output=" + file.resolve("out"));
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot write to output %s: %s is no directory (give a directory that can be written"
                + " with --set output=DIR)",
            file.resolve("out"), file);
    assertThat(file).hasContent("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs", "models", "models/small/versions"})
  void placeForTheResultThatIsAFileIsRefusedBeforePreparing(String name) throws IOException {
    Path file = SmallRuns.output(directory).resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "mine");
    assertThatThrownBy(() -> SmallRuns.train(SmallRuns.unprepared(directory)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot write to output " + SmallRuns.output(directory) + ": ");
    assertThat(SmallRuns.output(directory).resolve("datasets")).doesNotExist();
  }

  @Test
  void runWhoseVersionIsPublishedAlreadyIsRefusedBeforeTraining() throws Exception {
    Path version = Files.createDirectories(SmallRuns.versions(directory).resolve("run"));
    assertThatThrownBy(() -> SmallRuns.train(SmallRuns.settings(directory)))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot start run run: %s exists (choose another run-id)", version);
    assertThat(SmallRuns.run(directory)).doesNotExist();
  }

  @Test
  void memoryWithoutRoomForTwoShardsPerWorkerIsRefused() {
    // a shard of 90 images of 3,076 bytes with their labels
    assertRefused(
            SmallRuns.settings(directory, "workers=2", "data.memory=1107359"), UserException.class)
        .hasMessageMatching(
            "Cannot read data set \\S+: data.memory leaves 553679 bytes to each of 2 workers, and"
                + " two shards of train take 553680 \\(raise data.memory, or make the data set anew"
                + " with more data.shards.train\\)");
  }

  @Test
  void threadsThatTheLibraryDoesNotHaveAreRefused() {
    Settings settings = SmallRuns.unprepared(directory, "threads=3");
    assertThatThrownBy(() -> Threads.require(3, Map.of("OMP_NUM_THREADS", "2")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train: OMP_NUM_THREADS is 2, but every worker has 3 threads (start with"
                + " bin/blockwise, or export OMP_NUM_THREADS=3)");
    assertThatThrownBy(() -> Threads.require(3, Map.of()))
        .hasMessageStartingWith("Cannot train: OMP_NUM_THREADS is not set, but every worker has 3");
    Threads.require(3, Map.of("OMP_NUM_THREADS", "3"));
    // the tests run with one thread
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .hasMessageContaining("OMP_NUM_THREADS is 1");
  }

  @ParameterizedTest
  @CsvSource({
    "train, average, 2g",
    "train, quorum, 2g",
    "validation, average, 2g",
    "test, average, 2g",
    "train, average, 1m",
    "train, quorum, 400k",
    "test, average, 400k",
  })
  void alteredShardEndsTheRunWithoutAModel(String split, String rule, String memory)
      throws IOException {
    Settings settings =
        SmallRuns.manyShards(
            directory,
            "workers=2",
            "averaging.rule=" + rule,
            "training.epochs=1",
            "data.memory=" + memory);
    Path shard = dataset().resolveSibling("many").resolve(split).resolve("shard-00001.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    String message = "Cannot read shard " + split + "/shard-00001.parquet: checksum ";
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message);
    assertFailed(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"average", "quorum"})
  void lossThatIsNotFiniteEndsTheRunWithoutAModel(String rule) throws IOException {
    Settings settings =
        SmallRuns.settings(
            directory,
            "workers=2",
            "averaging.rule=" + rule,
            "averaging.period=1",
            "training.optimiser=sgd",
            "training.learning-rate=1e30",
            "training.max-non-finite=3",
            "method=pred");
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(RunFailedException.class)
        .hasMessageMatching(
            "Cannot train block [123]: its loss or gradient was not finite in 3 steps in a row, up"
                + " to batch \\d+ of the worker's lease; last loss cross-entropy \\S+ \\(lower"
                + " training.learning-rate, set training.clip-norm, or look at the data\\)");
    assertFailed("Cannot train block ");
  }

  @Test
  void alteredModelIsNotEvaluated() throws Exception {
    Settings settings = SmallRuns.settings(directory, "training.epochs=1");
    SmallRuns.train(settings);
    Path file = SmallRuns.versions(directory).resolve("run/block-02.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> ModelEvaluation.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read model version run: ")
        .hasMessageContaining("block-02.safetensors has ")
        .hasMessageEndingWith("(restore the file, or publish another version)");
  }

  @Test
  void modelThatDoesNotExistIsNotEvaluated() {
    Settings named = SmallRuns.settings(directory);
    assertThatThrownBy(() -> ModelEvaluation.run(named))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("manifest.json does not exist");
    Settings newest = SmallRuns.unprepared(directory, "run-id=");
    assertThatThrownBy(() -> ModelEvaluation.run(newest))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("LATEST does not exist (train first)");
  }

  @Test
  void modelOfOtherClassesIsNotEvaluated() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "training.epochs=1"));
    ModelVersion trained = SmallRuns.published(directory);
    ModelDescription description = trained.description();
    List<String> classes = new ArrayList<>(description.classes());
    classes.set(0, "blob");
    ModelVersion other =
        new ModelVersion(
            "other",
            new ModelDescription(
                description.name(),
                description.dataKind(),
                classes,
                description.fields(),
                description.network(),
                description.exits()),
            trained.vocabularies(),
            trained.blocks(),
            trained.metrics(),
            trained.provenance());
    org.apache.hadoop.fs.Path models =
        new org.apache.hadoop.fs.Path(SmallRuns.versions(directory).getParent().toUri());
    new ModelStore(new Configuration(), models).write(other);
    Settings settings = SmallRuns.unprepared(directory, "run-id=other");
    assertThatThrownBy(() -> ModelEvaluation.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot evaluate model version other on ")
        .hasMessageContaining("[blob, ")
        .hasMessageEndingWith("(use data of the kind that it was trained for)");
  }

  /** Training refuses this, and leaves no run and no model behind. */
  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Settings settings, Class<? extends Exception> type) {
    AbstractThrowableAssert<?, ? extends Throwable> thrown =
        assertThatThrownBy(() -> SmallRuns.train(settings)).isInstanceOf(type);
    assertThat(SmallRuns.output(directory).toFile().list()).containsExactly("datasets");
    return thrown;
  }

  private void assertFailed(String reason) throws IOException {
    assertThat(SmallRuns.output(directory).resolve("models")).doesNotExist();
    List<JsonNode> events = SmallRuns.events(directory);
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.get("event").asText()).isEqualTo("failed");
    assertThat(last.get("reason").asText()).startsWith(reason);
  }

  private Path dataset() {
    return SmallRuns.output(directory).resolve("datasets/shapes");
  }

  private Path shard(String split) {
    return dataset().resolve(split).resolve("shard-00001.parquet");
  }

  private interface Change {
    void apply(ObjectNode manifest);
  }

  private void changeManifest(Change change) throws IOException {
    JsonMapper json = new JsonMapper();
    Path file = dataset().resolve("manifest.json");
    ObjectNode manifest = (ObjectNode) json.readTree(Files.readAllBytes(file));
    change.apply(manifest);
    Files.write(file, json.writeValueAsBytes(manifest));
  }
}
