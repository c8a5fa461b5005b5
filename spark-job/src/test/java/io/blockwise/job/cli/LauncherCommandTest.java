package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code bin/blockwise} hands to spark-submit, in a checkout that looks as if it were built,
 * with a stand-in for Java and one for Spark.
 */
class LauncherCommandTest {
  @TempDir Path root;

  @BeforeEach
  void checkout() throws IOException {
    Path launcher = LauncherTest.launcher();
    Files.copy(launcher, Files.createDirectories(root.resolve("bin")).resolve("blockwise"));
    for (String file :
        List.of(
            "pom.xml",
            "model/pom.xml",
            "model/torch/pom.xml",
            "model/src/main/x",
            "model/torch/src/main/x",
            "spark-job/target/blockwise-spark-job-1-tests.jar",
            "spark-job/target/blockwise-spark-job-1.jar",
            "spark-job/target/lib/blockwise-model-1.jar",
            "spark-job/baseline/target/blockwise-baseline-1.jar",
            "spark-job/baseline/target/lib/dl4j-spark-1.jar",
            "model/torch/target/blockwise-engine-torch-1.jar",
            "model/torch/target/lib/javacpp-1.jar",
            "model/torch/target/lib/pytorch-1.jar",
            "model/dl4j/target/blockwise-engine-dl4j-1.jar",
            "model/dl4j/target/lib/javacpp-1.jar",
            "model/dl4j/target/lib/nd4j-native-1.jar",
            "release",
            "spark-job/target/built")) {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.equals("release") ? "JAVA_VERSION=\"17\"\n" : "");
    }
    script("spark/bin/spark-submit", "printf '%s\\n' \"$@\"");
  }

  @Test
  void executorsGetTheJarsOfOneEngineOnly() throws Exception {
    List<String> jars = List.of(option(launch("engines=torch", "yarn"), "--jars").split(","));
    assertThat(jars)
        .extracting(jar -> Path.of(jar).getFileName().toString())
        .containsExactly(
            "blockwise-model-1.jar",
            "blockwise-engine-torch-1.jar",
            "javacpp-1.jar",
            "pytorch-1.jar");
  }

  @Test
  void processesOfOneMachineFindThemOnTheClassPath() throws Exception {
    List<String> command = launch("engines=dl4j", "local-cluster[2,1,512]");
    String executors =
        command.stream()
            .filter(word -> word.startsWith("spark.executor.extraClassPath="))
            .findFirst()
            .orElseThrow();
    assertThat(executors)
        .contains("blockwise-spark-job-1.jar", "blockwise-engine-dl4j-1.jar", "nd4j-native-1.jar")
        .doesNotContain("torch", "baseline", "dl4j-spark", "tests");
    assertThat(option(command, "--driver-class-path")).doesNotContain("torch", "dl4j-spark");
  }

  @Test
  void aLocalMasterMayTryAllEnginesAndHasWhatTheyShareOnce() throws Exception {
    String classPath = option(launch("engines=torch,dl4j", "local[2]"), "--driver-class-path");
    assertThat(classPath)
        .contains("pytorch-1.jar", "nd4j-native-1.jar")
        .containsOnlyOnce("javacpp-1.jar")
        .doesNotContain("baseline");
  }

  @Test
  void theBaselineIsAddedWhereItTrains() throws Exception {
    String classPath =
        option(launch("engines=dl4j\\nbaseline=dl4j-spark", "local[2]"), "--driver-class-path");
    assertThat(classPath)
        .contains("blockwise-baseline-1.jar", "dl4j-spark-1.jar", "nd4j-native-1.jar")
        .doesNotContain("torch");
  }

  private static String option(List<String> command, String name) {
    return command.get(command.indexOf(name) + 1);
  }

  /** The words that spark-submit gets when the check of the command line has said something. */
  private List<String> launch(String said, String master) throws Exception {
    script("bin/java", "printf 'threads=2\\n" + said + "\\n'");
    List<String> command = new ArrayList<>(List.of("bash", root + "/bin/blockwise"));
    command.addAll(List.of("train", "x.conf", "--master", master));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", root.toString());
    builder.environment().put("SPARK_HOME", root.resolve("spark").toString());
    builder.environment().put("HADOOP_CONF_DIR", root.toString());
    builder.environment().remove("BLOCKWISE_BUILD");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.lines().toList();
  }

  private void script(String file, String text) throws IOException {
    Path script = root.resolve(file);
    Files.createDirectories(script.getParent());
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }
}
