package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bin/blockwise} refuses by itself, before it builds anything. */
class LauncherTest {
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
        "--driver-memory=0g | Invalid --driver-memory: 0g (must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a run needs)",
        "--conf spark.driver.memory=4096 | Invalid spark.driver.memory: 4096 (must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a run needs)",
        "--master yarn --executor-memory 300m | Invalid spark.executor.memory: 300m (must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a run needs)",
        "--master spark://host:7077 --conf spark.authenticate=true | Cannot use spark://host:7077 with spark.authenticate: there is no spark.authenticate.secret (add the one of the cluster's master and workers to the properties, or set spark.authenticate and spark.network.crypto.enabled to false)",
        "--master yarn | Cannot use --master yarn: neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set (export the folder of yarn-site.xml)",
        "--master local[2] --deploy-mode cluster | Cannot use --deploy-mode cluster with master local[2]: the driver runs on this machine (leave it out)",
        "--deploy-mode remote | Invalid --deploy-mode: remote (must be client or cluster)",
        "--properties-file no.conf | Cannot read no.conf: there is no such file (give --properties-file a file of Spark properties)",
      })
  void badOptionOfSparkIsOneLineAndExitCode2(String options, String message)
      throws IOException, InterruptedException {
    assertRefused(Map.of(), options, message);
  }

  @Test
  void clusterPropertiesOnAMasterWithoutItsSecretAreRefused() throws Exception {
    Path file = launcher().resolveSibling("../conf/spark-cluster.properties");
    assertRefused(
        Map.of(),
        "--master spark://host:7077 --properties-file " + file,
        "Cannot use spark://host:7077 with spark.authenticate: there is no"
            + " spark.authenticate.secret (add the one of the cluster's master and workers to the"
            + " properties, or set spark.authenticate and spark.network.crypto.enabled to false)");
  }

  @Test
  void folderThatHoldsNoSparkIsRefused() throws Exception {
    assertRefused(
        Map.of("SPARK_HOME", "/nope"),
        "--master yarn",
        "Cannot use SPARK_HOME=/nope: there is no bin/spark-submit (set it to an installed Spark,"
            + " or unset it to use the one that comes along)");
  }

  @Test
  void folderThatHoldsNoJavaIsRefused() throws Exception {
    assertRefused(
        Map.of("JAVA_HOME", "/nope"),
        "--master yarn",
        "Cannot run blockwise: there is no /nope/bin/java (install a JDK 17, or set JAVA_HOME to"
            + " one)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JAVA_VERSION=\"11.0.27\" | | 11",
        "IMPLEMENTOR=\"x\" | openjdk version \"11.0.27\" 2025-04-15 | 11",
        "JAVA_VERSION=\"1.8.0_452\" | | 8",
        "'' | java version \"1.8.0_452\" | 8",
      })
  void javaBefore17IsRefused(String release, String says, int version) throws Exception {
    Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
    Files.writeString(directory.resolve("release"), release + "\n");
    Files.writeString(java, "#!/bin/sh\necho '" + says + "' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    assertRefused(
        Map.of("JAVA_HOME", directory.toString()),
        "--master yarn",
        "Cannot run blockwise: %s is Java %d (install a JDK 17, or set JAVA_HOME to one)"
            .formatted(java, version));
  }

  /** A stand-in for a Spark of another version, which says what it is given. */
  @Test
  void optionThatOnlyAnInstalledSparkKnowsGoesToIt() throws Exception {
    Path submit = Files.createDirectories(directory.resolve("bin")).resolve("spark-submit");
    Files.writeString(
        submit,
        """
        #!/bin/sh
        echo '  --new-name NAME    a name'
        echo '  --new-flag         a flag'
        """);
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    // had one of them gone to Blockwise, the value of the last would not be what is missing
    assertRefused(
        Map.of("SPARK_HOME", directory.toString()),
        "--new-flag --new-name=x --new-name",
        "Cannot run blockwise: --new-name lacks its value (see bin/blockwise --help)");
  }

  private static void assertRefused(Map<String, String> environment, String options, String message)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", launcher().toString(), "train", "x"));
    command.addAll(List.of(options.split(" ", -1)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("HADOOP_CONF_DIR", "YARN_CONF_DIR"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(output).isEqualTo(message);
    assertThat(process.exitValue()).isEqualTo(ExitCode.USER_ERROR);
  }

  static Path launcher() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("bin/blockwise"))) {
      folder = folder.getParent();
    }
    return folder.resolve("bin/blockwise");
  }
}
