package io.blockwise.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.spark.BlockwiseClassifier;
import io.blockwise.spark.BlockwiseModel;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.apache.spark.SparkConf;
import org.apache.spark.api.python.Py4JServer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code blockwise.spark} calls on Java, called by Python through Spark's own gateway, with
 * the Py4J that PySpark brings. Its wrappers themselves run where there is PySpark.
 */
@Timeout(400) // what hangs shall fail
class PySparkTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** Python's half of what Spark's gateway is, in the jar that the build has fetched for it. */
  private static final String PY4J = "python/py4j-src-0.10.9.7.zip";

  @TempDir static Path directory;
  private static JsonNode found;

  @BeforeAll
  static void callOnce() throws Exception {
    Python.requireNumPy();
    Path py4j = directory.resolve("py4j.zip");
    try (ZipFile jar = new ZipFile("target/py4j.jar")) {
      Files.copy(jar.getInputStream(jar.getEntry(PY4J)), py4j);
    }
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    Py4JServer server = new Py4JServer(new SparkConf());
    server.start();
    try {
      Map<String, String> gateway =
          Map.of(
              "PYSPARK_GATEWAY_PORT", Integer.toString(server.getListeningPort()),
              "PYSPARK_GATEWAY_SECRET", server.secret(),
              "PYTHONPATH", Python.wheel() + ":" + py4j);
      found = JSON.readTree(Python.run(gateway, "gateway.py", directory.toString()));
    } finally {
      server.shutdown();
      spark.stop();
    }
  }

  @Test
  void everyKeyIsAParameterOfItsName() {
    assertThat(found.at("/settings").has("training.learning-rate")).isTrue();
    assertThat(found.at("/settings").size()).isEqualTo(new BlockwiseClassifier().params().length);
    assertThat(found.at("/setting").asText()).isEqualTo("training.epochs");
    refused("no key", "Cannot set training.epoch: ");
    assertThat(found.at("/grid").toString()).isEqualTo("[[\"training.epochs\",2]]");
  }

  @Test
  void valuesOfPythonAreThoseOfJava() {
    assertThat(found.at("/read").toString())
        .isEqualTo(
            "{\"training.epochs\":6,\"training.learning-rate\":0.02,\"labelCol\":\"mood\","
                + "\"text-linear.hidden\":[16]}");
    assertThat(found.at("/still set").asBoolean()).isTrue();
    assertThat(found.at("/cleared").asBoolean()).isFalse();
    assertThat(found.at("/defaults/predictedLabelCol").asText()).isEqualTo("predictedLabel");
    assertThat(found.at("/defaults/progress").asBoolean()).isTrue();
  }

  @Test
  void theModelAnswers() {
    assertThat(found.at("/model/class").asText()).isEqualTo(BlockwiseModel.class.getName());
    assertThat(found.at("/model/uid").asText()).isEqualTo("BlockwiseClassifier_1a2b");
    assertThat(found.at("/model/labels").toString()).isEqualTo("[\"bad\",\"good\"]");
    assertThat(found.at("/model/blocks").asInt()).isEqualTo(2);
    assertThat(found.at("/right").asDouble()).isGreaterThan(0.9);
    assertThat(texts("/columns"))
        .containsExactly(
            "id", "said", "mood", "rawPrediction", "probability", "prediction", "predictedLabel");
    assertThat(texts("/shortcut")).doesNotContain("predictedLabel").contains("probability");
  }

  @Test
  void aModelThatIsReadAgainAnswersTheSame() {
    assertThat(found.at("/read again").asDouble()).isZero();
    assertThat(found.at("/published").asDouble()).isZero();
    assertThat(texts("/stages")).containsExactly(BlockwiseModel.class.getName());
  }

  /** The probabilities of Spark ML and those of the artifact beside it. */
  @Test
  void thePackageOpensWhatWasSavedAndAnswersTheSame() {
    assertThat(found.at("/numpy").asDouble()).isLessThan(1e-5);
  }

  @Test
  void whatTheUserHasToChangeIsSaidInOneLine() {
    refused("value", "Invalid training.epochs: -1");
    refused("column", "Cannot use a DataFrame without a column mood: ");
    refused("nothing", "Cannot load the model ");
    assertThat(found.at("/no exit/1").asText()).contains("must be from 1 to 2");
    assertThat(found.at("/no engine/1").asText()).startsWith("Invalid ").contains("abacus");
  }

  private static void refused(String what, String message) {
    assertThat(found.at("/" + what + "/0").asText()).isEqualTo("io.blockwise.base.UserException");
    assertThat(found.at("/" + what + "/1").asText()).startsWith(message).doesNotContain("\n");
  }

  @Test
  void theWrappersDeclareTheParametersAndSettersOfJava() throws Exception {
    String source = Path.of("blockwise/spark.py").toAbsolutePath().toString();
    JsonNode classes = JSON.readTree(Python.run("surface.py", source));
    BlockwiseClassifier classifier = new BlockwiseClassifier();
    List<String> declared = declared(classes, "BlockwiseClassifier", "params");
    List<String> keys = new ArrayList<>(names(classifier));
    keys.removeAll(declared);
    assertThat(keys).isNotEmpty().allSatisfy(classifier::setting);
    assertThat(names(classifier)).containsAll(declared);
    assertSameSetters(classes, BlockwiseClassifier.class);
    assertSameSetters(classes, BlockwiseModel.class);
    List<String> model = new ArrayList<>();
    found.at("/model/params").forEach(name -> model.add(name.asText()));
    assertThat(declared(classes, "BlockwiseModel", "params"))
        .containsExactlyInAnyOrderElementsOf(model);
  }

  private static List<String> names(Params owner) {
    return Arrays.stream(owner.params()).map(Param::name).toList();
  }

  private static void assertSameSetters(JsonNode classes, Class<?> type) {
    List<String> methods = Arrays.stream(type.getMethods()).map(Method::getName).toList();
    assertThat(declared(classes, type.getSimpleName(), "setters"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(type.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("set"))
                .filter(name -> !name.equals("setting"))
                .distinct()
                .toList());
    assertThat(methods).containsAll(declared(classes, type.getSimpleName(), "calls"));
  }

  /** What a class declares, those among its bases that are in the module included. */
  private static List<String> declared(JsonNode classes, String name, String what) {
    List<String> all = new ArrayList<>();
    classes.at("/" + name + "/" + what).forEach(one -> all.add(one.asText()));
    for (JsonNode base : classes.at("/" + name + "/bases")) {
      all.addAll(declared(classes, base.asText(), what));
    }
    return all;
  }

  private static List<String> texts(String pointer) {
    List<String> all = new ArrayList<>();
    found.at(pointer).forEach(text -> all.add(text.asText()));
    return all;
  }

  @Test
  void theWrappersRunInPySpark() throws Exception {
    assumeTrue(Python.has("pyspark"), "skipped: python3 has no pyspark here");
    String jvm = "--master local[2] --driver-class-path " + System.getProperty("java.class.path");
    String tests = Path.of("tests").toAbsolutePath().toString();
    Map<String, String> arguments = Map.of("PYSPARK_SUBMIT_ARGS", jvm + " pyspark-shell");
    Python.run(arguments, "-m", "unittest", "discover", "-s", tests, "-p", "test_spark.py");
  }
}
