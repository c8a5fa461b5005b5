package io.blockwise.model.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {
  @TempDir private Path directory;
  private ModelStore store;

  @BeforeEach
  void open() throws IOException {
    store =
        new ModelStore(new Configuration(false), new org.apache.hadoop.fs.Path(directory.toUri()));
  }

  @Test
  void publishedVersionComesBackBitForBit() throws IOException {
    ModelVersion version = Samples.version("run-1", 1);
    store.write(version);
    store.publish("run-1");
    assertThat(store.readLatest()).isEqualTo(version);
    assertThat(store.readLatest().provenance().keySet())
        .containsExactly("seed", "spark", "configuration");
  }

  @Test
  void directoryHoldsTheFilesOfTheLayoutAndNoOthers() throws IOException {
    store.write(Samples.version("run-1", 1));
    store.publish("run-1");
    try (Stream<Path> found = Files.walk(directory)) {
      assertThat(found.filter(Files::isRegularFile).map(f -> directory.relativize(f).toString()))
          .containsExactlyInAnyOrder(
              "LATEST",
              "versions/run-1/manifest.json",
              "versions/run-1/model.json",
              "versions/run-1/block-01.safetensors",
              "versions/run-1/block-02.safetensors",
              "versions/run-1/metrics.json",
              "versions/run-1/provenance.json");
    }
    assertThat(Files.readString(directory.resolve("LATEST"))).isEqualTo("run-1\n");
  }

  @Test
  void manifestListsSizeAndChecksumOfEveryFile() throws Exception {
    store.write(Samples.version("run-1", 1));
    JsonNode manifest = new ObjectMapper().readTree(file("run-1", "manifest.json").toFile());
    assertThat(manifest.path("format_version").intValue()).isEqualTo(1);
    assertThat(manifest.path("files")).hasSize(5);
    for (JsonNode entry : manifest.path("files")) {
      byte[] bytes = Files.readAllBytes(file("run-1", entry.path("name").textValue()));
      assertThat(entry.path("bytes").intValue()).isEqualTo(bytes.length);
      assertThat(entry.path("sha256").textValue())
          .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    }
  }

  @Test
  void writtenVersionIsNotPublishedByItself() throws IOException {
    store.write(Samples.version("run-1", 1));
    assertThat(store.latest()).isEmpty();
    assertThatThrownBy(() -> store.readLatest())
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("LATEST does not exist (train first)");
  }

  @Test
  void completeVersionIsNeverOverwritten() throws IOException {
    store.write(Samples.version("run-1", 1));
    assertThatThrownBy(() -> store.write(Samples.version("run-1", 2)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot write model version run-1: ")
        .hasMessageEndingWith("is complete already (choose another run-id)");
    assertThat(store.read("run-1")).isEqualTo(Samples.version("run-1", 1));
  }

  @Test
  void halfWrittenVersionIsInvisibleAndCanBeWrittenAgain() throws IOException {
    store.write(Samples.version("run-1", 1));
    store.publish("run-1");
    store.write(Samples.version("run-2", 2));
    Files.delete(file("run-2", "manifest.json"));
    for (Attempt attempt :
        List.<Attempt>of(() -> store.read("run-2"), () -> store.publish("run-2"))) {
      assertThatThrownBy(attempt::run)
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot read model version run-2: ")
          .hasMessageContaining("manifest.json does not exist (the version was never completed");
    }
    assertThat(store.readLatest().id()).isEqualTo("run-1");
    store.write(Samples.version("run-2", 3));
    assertThat(store.read("run-2")).isEqualTo(Samples.version("run-2", 3));
  }

  @Test
  void tamperedFileIsNamedWithBothChecksums() throws IOException {
    store.write(Samples.version("run-1", 1));
    for (String name : List.of("block-02.safetensors", "model.json", "metrics.json")) {
      Path file = file("run-1", name);
      byte[] original = Files.readAllBytes(file);
      byte[] tampered = original.clone();
      tampered[tampered.length - 3] ^= 1;
      Files.write(file, tampered);
      assertThatThrownBy(() -> store.read("run-1"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(name + " has " + original.length + " bytes and SHA-256 ")
          .hasMessageContaining(", the manifest says " + original.length + " bytes and SHA-256 ")
          .hasMessageNotContaining("\n")
          .message()
          .containsPattern("[0-9a-f]{64}.*[0-9a-f]{64}");
      Files.write(file, original);
    }
    assertThat(store.read("run-1")).isEqualTo(Samples.version("run-1", 1));
  }

  @Test
  void longerAndShorterFilesAreRefused() throws IOException {
    store.write(Samples.version("run-1", 1));
    Path file = file("run-1", "block-01.safetensors");
    byte[] original = Files.readAllBytes(file);
    Files.write(file, new byte[1], StandardOpenOption.APPEND);
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(" has " + (original.length + 1) + " bytes");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("block-01.safetensors has 0 bytes");
  }

  @Test
  void missingFileIsNamed() throws IOException {
    store.write(Samples.version("run-1", 1));
    Files.delete(file("run-1", "provenance.json"));
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("provenance.json is missing");
  }

  @Test
  void manifestOfALaterFormatIsRefused() throws IOException {
    store.write(Samples.version("run-1", 1));
    Path file = file("run-1", "manifest.json");
    Files.writeString(file, Files.readString(file).replace("_version\" : 1", "_version\" : 2"));
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("has format version 2 (this Blockwise reads 1)");
  }

  @Test
  void manifestThatPointsElsewhereIsRefused() throws IOException {
    store.write(Samples.version("run-1", 1));
    Path file = file("run-1", "manifest.json");
    Files.writeString(file, Files.readString(file).replace("model.json", "../model.json"));
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Invalid name: ../model.json");
  }

  /** The first was published before there were answer rules, confusion and closing newlines. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void versionOfEveryFormatOpens(int format) throws IOException {
    Path kept = Path.of("src/test/resources/artifact-v" + format);
    ModelStore old =
        new ModelStore(new Configuration(false), new org.apache.hadoop.fs.Path(kept.toString()));
    ModelVersion found = old.readLatest();
    ModelVersion expected = Samples.version("run-1", 1);
    assertThat(found.description()).isEqualTo(expected.description().with(Exits.PLAIN));
    assertThat(found.blocks()).isEqualTo(expected.blocks());
    assertThat(found.provenance()).isEqualTo(expected.provenance());
    assertThat(found.metrics().validation()).isEqualTo(expected.metrics().validation());
    assertThat(found.metrics().test().accuracy()).containsExactly(0.25, 0.625);
  }

  @Test
  void aModelOfEveryFormatIsKept() throws IOException {
    store.write(Samples.version("run-1", 1));
    int present = json("run-1", "model.json").path("format_version").intValue();
    assertThat(Path.of("src/test/resources/artifact-v" + present)).isDirectory();
    assertThat(Path.of("src/test/resources/artifact-v" + (present + 1))).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"features\" : ' | '\"span\" : 2, $0'"
            + " | component span is unknown at network/blocks/0/loss/head/span",
        "'\"scpl\"' | '\"associated\"' | type associated is unknown at network/blocks/0/loss",
        "'\"max-pool\"' | '\"gru\"' | type gru is unknown at network/blocks/0/layers/3",
        "'\"image\"' | '\"audio\"' | type audio is unknown at fields/pixels",
        "'confidence=0.87' | 'confidence=87' | 'Invalid threshold: 87.0 (must be from 0.0 to 1.0)'",
        "'(\"format_version\" :) 2' | '$1 3' | 'its format version is 3, this Blockwise reads 1 to 2'",
        "'(\"format_version\" :) 2' | '$1 \"2\"'"
            + " | 'its format version is \"2\", this Blockwise reads 1 to 2'",
      })
  void modelOfALaterVersionIsRefusedWithTheVersionThatWroteIt(
      String pattern, String replacement, String fact) throws Exception {
    store.write(Samples.version("run-1", 1));
    change("run-1", "model.json", pattern, replacement);
    change("run-1", "provenance.json", "\\{", "{ \"blockwise\" : \"7.1\",");
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read file:%s: %s (Blockwise 7.1 wrote it: use that version or a later one, or"
                + " restore the file)",
            file("run-1", "model.json"), fact);
  }

  @Test
  void modelSaysHowItsTensorsBecomeAnswers() throws IOException {
    store.write(Samples.version("run-1", 1));
    JsonNode rules = json("run-1", "model.json").path("answering");
    assertThat(rules.path("pixel_divisor").doubleValue()).isEqualTo(255);
    assertThat(rules.path("batch_norm_epsilon").doubleValue()).isEqualTo(1e-5);
    assertThat(rules.path("input").textValue()).startsWith("(pixel / pixel_divisor - mean");
    for (Features features : Features.values()) {
      assertThat(rules.path("features").path(Names.of(features)).asText()).isNotEmpty();
    }
    for (Class<?> layer : LayerSpec.class.getPermittedSubclasses()) {
      assertThat(rules.path("layer_types").path(Names.of(layer)).asText())
          .as(layer.getSimpleName())
          .isNotEmpty();
    }
    assertThat(rules.path("exit").textValue()).contains("exit.weight * features + exit.bias");
    assertThat(rules.path("probabilities").textValue()).startsWith("softmax of scores / T");
    assertThat(rules.path("head").textValue()).contains("no answer needs them");
    assertThat(rules.path("losses").path("al").textValue()).contains("decoder.0.* of the block");
  }

  @Test
  void jsonFilesEndWithANewline() throws IOException {
    store.write(Samples.version("run-1", 1));
    for (String name : List.of("model.json", "metrics.json", "provenance.json", "manifest.json")) {
      assertThat(Files.readString(file("run-1", name))).endsWith("}\n");
    }
  }

  @Test
  void damagedLatestIsToldInOneLine() throws IOException {
    store.write(Samples.version("run-1", 1));
    store.publish("run-1");
    List<byte[]> damaged =
        List.of(
            new byte[0],
            "run 1\nrun 2".getBytes(UTF_8),
            "../../etc".getBytes(UTF_8),
            new byte[] {27, '[', '2', 'J', (byte) 0xff, 0},
            "x".repeat(300).getBytes(UTF_8));
    for (byte[] bytes : damaged) {
      Files.write(directory.resolve("LATEST"), bytes);
      assertThatThrownBy(() -> store.readLatest())
          .isInstanceOf(UserException.class)
          .message()
          .matches(
              "Cannot read \\S+LATEST: it holds \"[ -~]{0,40}\" instead of a run-id \\(name a version"
                  + " with --set run-id=ID\\)");
    }
    Files.writeString(directory.resolve("LATEST"), "run-9\n");
    assertThatThrownBy(() -> store.readLatest())
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "LATEST names version run-9, which does not exist (name another with --set run-id=ID)");
  }

  @Test
  void networkOfOtherSizesThanItsTensorsIsRefusedBeforeItIsBuilt() throws Exception {
    store.write(Samples.version("run-1", 1));
    for (String filters : List.of("4", "2147483647", "1073741824", "65536")) {
      change("run-1", "model.json", "\"filters\" : [0-9]+", "\"filters\" : " + filters);
      assertThatThrownBy(() -> store.read("run-1"))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot read ")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void everySizeOfAModelMayBeAbsurd() throws Exception {
    store.write(Samples.version("run-1", 1));
    String model = Files.readString(file("run-1", "model.json"));
    for (String key :
        List.of("filters", "kernel", "stride", "padding", "hidden", "width", "classes")) {
      for (String value : List.of("2147483647", "2147483648", "0", "-1", "1e99", "null", "[]")) {
        change("run-1", "model.json", "\"" + key + "\" : [0-9]+", "\"" + key + "\" : " + value);
        if (!Files.readString(file("run-1", "model.json")).equals(model)) {
          assertThatThrownBy(() -> store.read("run-1"))
              .as(key + " " + value)
              .isInstanceOf(UserException.class)
              .hasMessageNotContaining("\n");
        }
        Files.writeString(file("run-1", "model.json"), model);
      }
    }
    change("run-1", "model.json", "\"input\" : .*", "\"input\" : [ 3, 2147483647, 2147483647 ],");
    assertThatThrownBy(() -> store.read("run-1")).isInstanceOf(UserException.class);
  }

  @Test
  void filesOfOneVersionThatDoNotBelongTogetherAreRefused() throws Exception {
    store.write(Samples.version("run-1", 1));
    change("run-1", "metrics.json", "\"accuracy\" : \\[ 0.5, 0.75 ]", "\"accuracy\" : [ 0.5 ]");
    change("run-1", "provenance.json", "(?s).+", "null");
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("metrics.json")
        .hasMessageNotContaining("\n");
    change("run-1", "metrics.json", "(?s).+", "null");
    assertThatThrownBy(() -> store.read("run-1"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("metrics.json: it is empty (restore the file)");
  }

  @Test
  void versionWithANumberThatIsNoneIsNotFinite() {
    ModelVersion version = Samples.version("run-1", 1);
    float[] values = version.blocks().get(1).parameters().toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.isInfinite(values[i]) ? 0 : values[i];
    }
    StoredBlock block = version.blocks().get(1);
    TensorTable table = block.parameters().table();
    Tensors none = Tensors.copyOf(new TensorTable(List.of()), new float[0]);
    assertThat(new StoredBlock(Tensors.copyOf(table, values), none).isFinite()).isTrue();
    values[3] = Float.NaN;
    assertThat(new StoredBlock(Tensors.copyOf(table, values), none).isFinite()).isFalse();
    values[3] = Float.NEGATIVE_INFINITY;
    assertThat(new StoredBlock(Tensors.copyOf(table, values), none).isFinite()).isFalse();
  }

  @Test
  void idThatIsNoDirectoryNameIsRefused() {
    for (String id : List.of("", "..", "a/b", ".hidden", "a b")) {
      assertThatThrownBy(() -> store.read(id)).hasMessageStartingWith("Invalid run-id: " + id);
    }
  }

  @Test
  void readerNeverFindsLatestMissingWhileItIsReplaced() throws Exception {
    store.write(Samples.version("run-1", 1));
    store.write(Samples.version("run-2", 2));
    store.publish("run-1");
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger bad = new AtomicInteger();
    Thread reader =
        new Thread(
            () -> {
              while (!done.get()) {
                if (!seen().matches("run-[12]")) {
                  bad.incrementAndGet();
                }
              }
            });
    reader.start();
    for (int i = 0; i < 100; i++) {
      store.publish("run-" + (1 + i % 2));
    }
    done.set(true);
    reader.join();
    assertThat(bad).hasValue(0);
  }

  private String seen() {
    try {
      return store.latest().orElse("nothing");
    } catch (IOException | RuntimeException e) {
      return e.toString();
    }
  }

  /** Changes a file and the manifest with it, as somebody does who signs it again. */
  private void change(String id, String name, String pattern, String replacement) throws Exception {
    String changed = Files.readString(file(id, name)).replaceAll(pattern, replacement);
    Files.writeString(file(id, name), changed);
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) json(id, "manifest.json");
    for (JsonNode entry : manifest.path("files")) {
      byte[] bytes = Files.readAllBytes(file(id, entry.path("name").textValue()));
      ((ObjectNode) entry).put("bytes", bytes.length);
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      ((ObjectNode) entry).put("sha256", HexFormat.of().formatHex(sha256.digest(bytes)));
    }
    mapper.writeValue(file(id, "manifest.json").toFile(), manifest);
  }

  private JsonNode json(String id, String name) throws IOException {
    return new ObjectMapper().readTree(file(id, name).toFile());
  }

  private Path file(String id, String name) {
    return directory.resolve("versions").resolve(id).resolve(name);
  }

  private interface Attempt {
    void run() throws IOException;
  }
}
