package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkOptionsTest {
  private static final Path NONE = Path.of("none.properties");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--master | Cannot run blockwise: --master lacks its value (see bin/blockwise --help)",
        "--class x | Cannot use --class: bin/blockwise sets it (use spark-submit itself)",
        "--conf spark.task.cpus | Invalid --conf: spark.task.cpus (must be NAME=VALUE)",
        "--conf==2 | Invalid --conf: =2 (must be NAME=VALUE)",
        "--driver-memory lots | Invalid --driver-memory: lots (must be a size such as 4g)",
        "--driver-memory 4gb | Invalid --driver-memory: 4gb (must be a size such as 4g)",
        "--driver-memory 100m | Invalid --driver-memory: 100m (must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a run needs)",
        "--driver-memory=0g | Invalid --driver-memory: 0g (must be a size such as 4g)",
        "--executor-memory 2x | Invalid spark.executor.memory: 2x (must be a size such as 4g)",
        "--master local[2] --executor-memory 0g | Invalid spark.executor.memory: 0g (must be a size such as 4g)",
        "--conf spark.driver.memory=4096 | Invalid spark.driver.memory: 4096 (must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a run needs)",
        "--master yarn --executor-memory 300m | Invalid spark.executor.memory: 300m (must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a run needs)",
        "--master spark://host:7077 --conf spark.authenticate=true | Cannot use spark://host:7077 with spark.authenticate: there is no spark.authenticate.secret (add the one of the cluster's master and workers to the properties, or set spark.authenticate and spark.network.crypto.enabled to false)",
        "--master yarn | Cannot use --master yarn: neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set (export the folder of yarn-site.xml)",
        "--master local[2] --deploy-mode cluster | Cannot use --deploy-mode cluster with master local[2]: the driver runs on this machine (leave it out)",
        "--deploy-mode remote | Invalid --deploy-mode: remote (must be client or cluster)",
        "--properties-file no.conf | Cannot read no.conf: there is no such file (give --properties-file a file of Spark properties)",
        "--executor-cores 0 | Invalid --executor-cores: 0 (must be a whole number of at least 1)",
        "--num-executors=few | Invalid --num-executors: few (must be a whole number of at least 1)",
        "--proxy-user me --principal x | Cannot use --proxy-user with --principal: spark-submit takes one of them (leave one out)",
        "--mastre yarn | Cannot run blockwise: spark-submit has no option --mastre (see bin/blockwise --help, and that of spark-submit)",
        "-x | Cannot run blockwise: spark-submit has no option -x (see bin/blockwise --help, and that of spark-submit)",
        "--st a=b | Cannot run blockwise: there is no --st (did you mean --set?)",
        "--hlep | Cannot run blockwise: there is no --hlep (did you mean --help?)",
        "--versions | Cannot run blockwise: there is no --versions (did you mean --version?)",
      })
  void badOptionIsOneLine(String options, String message) {
    assertThatThrownBy(() -> options(List.of(options.split(" ", -1)), NONE))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void clusterPropertiesOnAMasterWithoutItsSecretAreRefused() {
    Path file = LauncherTest.launcher().resolveSibling("../conf/spark-cluster.properties");
    List<String> words =
        List.of("--master", "spark://host:7077", "--properties-file", file.toString());
    assertThatThrownBy(() -> options(words, NONE))
        .hasMessage(
            "Cannot use spark://host:7077 with spark.authenticate: there is no"
                + " spark.authenticate.secret (add the one of the cluster's master and workers to"
                + " the properties, or set spark.authenticate and spark.network.crypto.enabled to"
                + " false)");
  }

  @Test
  void optionCountsBeforePropertyAndPropertyBeforeItsFile() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("x.properties"),
            "spark.executor.cores: 3\nspark.task.cpus = 2 \nspark.master yarn\n");
    SparkOptions options =
        options(List.of("--conf", "spark.executor.cores=4", "--master=local[2]"), file);
    assertThat(options.master()).isEqualTo("local[2]");
    assertThat(options.property("spark.executor.cores")).isEqualTo("4");
    assertThat(options.property("spark.task.cpus")).isEqualTo("2");
    assertThat(options.property("spark.cores.max")).isEmpty();
  }

  @Test
  void masterOfTheFileIsNotSaidAgain() throws IOException {
    Path file = Files.writeString(directory.resolve("x.properties"), "spark.master local[3]");
    SparkOptions options = options(List.of(), file);
    assertThat(options.master()).isEqualTo("local[3]");
    assertThat(options.passed())
        .containsExactly("--properties-file", file.toString(), "--driver-memory", "4g");
    assertThat(options(List.of(), NONE).passed()).containsSequence("--master", "local[*]");
  }

  @Test
  void processesOfLocalClusterGetTheMemoryThatIsNamed() {
    assertThat(options(List.of("--master", "local-cluster[2,1,768]"), NONE).passed())
        .containsSequence("--conf", "spark.executor.memory=768m");
    assertThat(
            options(List.of("--master", "local-cluster[2,1,768]", "--executor-memory", "1g"), NONE)
                .passed())
        .containsSequence("--conf", "spark.executor.memory=1g");
  }

  @Test
  void planIsMadeHereAndToldOfTheCluster() {
    SparkOptions options =
        new SparkOptions(
            List.of("plan", "x.conf", "--master=yarn", "--executor-cores=3"), Map.of(), NONE);
    assertThat(options.passed())
        .containsSequence("--conf", "spark.executor.cores=3")
        .containsSequence("--conf", "spark.blockwise.master=yarn")
        .endsWith("--master", "local[*]", "--deploy-mode", "client");
    assertThat(options.own()).containsExactly("plan", "x.conf");
  }

  @Test
  void yarnTakesAnInstalledSpark() {
    List<String> words = List.of("train", "x.conf", "--master=yarn");
    assertThatThrownBy(() -> new SparkOptions(words, Map.of("HADOOP_CONF_DIR", "/etc"), NONE))
        .hasMessage(
            "Cannot use --master yarn: SPARK_HOME is not set, and the Spark that comes along has no"
                + " YARN (set it to an installed Spark 3.5)");
  }

  @Test
  void executorsOnYarnNeedAScriptForTheirGpusUnlessThereIsOne() {
    Map<String, String> environment = Map.of("HADOOP_CONF_DIR", "/etc", "SPARK_HOME", "/spark");
    List<String> words = new ArrayList<>(List.of("train", "x.conf", "--master=yarn"));
    assertThat(new SparkOptions(words, environment, NONE).lacksDiscoveryOfGpus()).isFalse();
    words.addAll(List.of("--conf", "spark.executor.resource.gpu.amount=1"));
    assertThat(new SparkOptions(words, environment, NONE).lacksDiscoveryOfGpus()).isTrue();
    words.addAll(List.of("--conf", "spark.executor.resource.gpu.discoveryScript=/mine"));
    assertThat(new SparkOptions(words, environment, NONE).lacksDiscoveryOfGpus()).isFalse();
  }

  @Test
  void optionsOfPredictAreOurs() {
    List<String> words =
        List.of("predict", "m", "in", "out", "--exit", "2", "--format=csv", "--batch-size", "8");
    assertThat(new SparkOptions(words, Map.of(), NONE).own()).isEqualTo(words);
  }

  @Test
  void optionsOfExportAndRollbackAreOurs() {
    for (String line :
        List.of("export m --output m.onnx --format onnx --exit full", "rollback m --to version")) {
      List<String> words = List.of(line.split(" ", -1));
      assertThat(new SparkOptions(words, Map.of(), NONE).own()).isEqualTo(words);
    }
  }

  private static SparkOptions options(List<String> options, Path defaults) {
    List<String> words = new ArrayList<>(List.of("train", "x"));
    words.addAll(options);
    return new SparkOptions(words, Map.of(), defaults);
  }
}
