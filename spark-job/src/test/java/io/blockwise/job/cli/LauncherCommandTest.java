package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.typesafe.config.Config;
import io.blockwise.base.UserException;
import io.blockwise.data.options.DataKind;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.SparkLauncher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What {@code bin/blockwise} hands to spark-submit, in a checkout that looks as if it were built,
 * with stand-ins for Java and for an installed Spark.
 */
@Tag("thorough")
class LauncherCommandTest {
  @TempDir Path root;

  @BeforeEach
  void checkout() throws IOException {
    Path launcher = LauncherTest.launcher();
    Files.copy(launcher, Files.createDirectories(root.resolve("bin")).resolve("blockwise"));
    for (String file :
        List.of(
            "pom.xml",
            "conf/spark-local.properties",
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
    List<String> jars = List.of(option(launch("torch", "", "yarn"), "--jars").split(","));
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
    List<String> command = launch("dl4j", "", "local-cluster[2,1,512]");
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
    String classPath = option(launch("torch dl4j", "", "local[2]"), "--driver-class-path");
    assertThat(classPath)
        .contains("pytorch-1.jar", "nd4j-native-1.jar")
        .containsOnlyOnce("javacpp-1.jar")
        .doesNotContain("baseline");
  }

  @Test
  void theBaselineIsAddedWhereItTrains() throws Exception {
    String classPath = option(launch("dl4j", "dl4j-spark", "local[2]"), "--driver-class-path");
    assertThat(classPath)
        .contains("blockwise-baseline-1.jar", "dl4j-spark-1.jar", "nd4j-native-1.jar")
        .doesNotContain("torch");
  }

  @Test
  void aDriverOnTheClusterGetsFilesVariablesAndTheScriptThatFindsGpus() throws Exception {
    Path shipment = Files.createDirectories(root.resolve("shipment"));
    Files.writeString(shipment.resolve("x.conf"), "");
    List<String> command =
        launch(
            "torch",
            "",
            "yarn",
            "shipment='" + shipment + "' variables='v' discovery='yes' files='/mine'");
    assertThat(option(command, "--files").split(","))
        .containsExactly(
            shipment + "/x.conf",
            root + "/conf/log4j2.properties",
            root + "/bin/find-gpus",
            "/mine");
    assertThat(command)
        .contains(
            "spark.blockwise.environment=v",
            "spark.yarn.appMasterEnv.OMP_NUM_THREADS=2",
            "spark.yarn.appMasterEnv.LOG4J_CONFIGURATION_FILE=log4j2.properties",
            "spark.executor.resource.gpu.discoveryScript=./find-gpus");
    // by what filters the messages, which ends behind spark-submit
    for (int i = 0; i < 500 && Files.exists(shipment); i++) {
      Thread.sleep(20);
    }
    assertThat(shipment).doesNotExist();
    assertThat(launch("torch", "", "yarn")).doesNotContain("--files");
  }

  private static String option(List<String> command, String name) {
    return command.get(command.indexOf(name) + 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void optionsOfSparkSubmitPassWhereverTheyStand(boolean installed) throws Exception {
    List<String> words =
        submission(
            installed,
            "--name=an 'other' name",
            "prepare",
            "--conf",
            "spark.k=v w",
            conf(),
            "--supervise",
            "--set",
            "seed=2",
            "--queue",
            "q",
            "--set=data.seed=3",
            "--py-files",
            "--x.py",
            "-c",
            "spark.l=m",
            "--driver-class-path=/mine.jar");
    int program = words.indexOf(root + "/spark-job/target/blockwise-spark-job-1.jar");
    assertThat(words.subList(program + 1, words.size()))
        .containsExactly("prepare", conf(), "--set", "seed=2", "--set=data.seed=3");
    assertThat(words.subList(0, program))
        .containsSequence("--name", "an 'other' name")
        .containsSequence("--conf", "spark.k=v w")
        .contains("--supervise")
        .containsSequence("--queue", "q")
        .containsSequence("--py-files", "--x.py")
        .containsSequence("spark.l=m");
    assertThat(words.subList(0, program)).anyMatch(word -> word.matches("(?s).*lib/.*:/mine.jar"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void optionThatNeitherHasIsOneLineAndExitCode2(boolean installed) throws Exception {
    assertRefused(
        installed,
        "Cannot run blockwise: spark-submit has no option --colour (see bin/blockwise --help, and"
            + " that of spark-submit)",
        "prepare",
        conf(),
        "--colour",
        "red");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void optionNextToOneOfBlockwiseIsNotPassedOn(boolean installed) throws Exception {
    assertRefused(
        installed,
        "Cannot run blockwise: there is no --sett (did you mean --set?)",
        "prepare",
        conf(),
        "--sett",
        "seed=2");
  }

  @Test
  void ownDefaultsOfAnInstalledSparkAreItsOwnBusiness() throws Exception {
    assertThat(submission(true, "prepare", conf())).doesNotContain("--properties-file");
    Path defaults = Files.createDirectories(root.resolve("spark/conf"));
    Files.writeString(defaults.resolve("spark-defaults.conf"), "spark.master  local[7]");
    assertThat(submission(true, "prepare", conf()))
        .doesNotContain("--master")
        .containsSequence("--driver-memory", "4g");
  }

  @Test
  void helpNeedsNoCommand() throws Exception {
    assertThat(submission(true))
        .contains("Exit codes: 0 done, 1 run failed, 2 something to fix first, 3 not published");
  }

  private String conf() throws IOException {
    return Files.writeString(root.resolve("a b.conf"), "").toString();
  }

  private void assertRefused(boolean installed, String message, String... arguments)
      throws Exception {
    Process process = start(installed, arguments);
    assertThat(output(process)).isEqualToIgnoringNewLines(message);
    assertThat(process.exitValue()).isEqualTo(ExitCode.USER_ERROR);
  }

  private List<String> submission(boolean installed, String... arguments) throws Exception {
    Process process = start(installed, arguments);
    String output = output(process);
    assertThat(process.exitValue()).as(output).isZero();
    return output.lines().toList();
  }

  /**
   * With Java, the program and Spark's launcher library, but a stand-in for what would then run.
   */
  private Process start(boolean installed, String... arguments) throws Exception {
    script(
        "bin/java",
        """
        case "$*" in
          *io.blockwise.job.cli.Launch*|*org.apache.spark.launcher.Main*) exec '%s/bin/java' "$@" ;;
        esac
        printf '%%s\\n' "$@\"
        """
            .formatted(System.getProperty("java.home")));
    link("spark-job/target/blockwise-spark-job-1.jar", Launch.class);
    link("spark-job/target/lib/blockwise-model-1.jar", NetworkSpec.class);
    link("spark-job/target/lib/blockwise-base-1.jar", UserException.class);
    link("spark-job/target/lib/blockwise-data-prep-1.jar", DataKind.class);
    link("spark-job/target/lib/config-1.jar", Config.class);
    link("spark-job/target/lib/picocli-1.jar", CommandLine.class);
    link("spark-job/target/spark-home/jars/jackson-annotations-1.jar", JsonProperty.class);
    String spark = installed ? "spark" : "spark-job/target/spark-home";
    link(spark + "/jars/spark-launcher_2.12-1.jar", SparkLauncher.class);
    return start(installed ? root.resolve("spark").toString() : "", arguments);
  }

  private void link(String file, Class<?> content) throws Exception {
    Path link = root.resolve(file);
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    Files.createSymbolicLink(
        link, Path.of(content.getProtectionDomain().getCodeSource().getLocation().toURI()));
  }

  /** The words that spark-submit gets when the check of the command line has said something. */
  private List<String> launch(String engines, String baseline, String master) throws Exception {
    return launch(engines, baseline, master, "");
  }

  private List<String> launch(String engines, String baseline, String master, String more)
      throws Exception {
    script(
        "bin/java",
        """
        cat << 'END'
        master='%s'
        threads=2
        engines='%s'
        baseline='%s'
        jars=''
        class_path=''
        spark_arguments=('--master' '%s')
        arguments=('train' 'x.conf')
        %s
        END
        """
            .formatted(master, engines, baseline, master, more));
    Process process = start(root.resolve("spark").toString(), "train", "x.conf");
    String output = output(process);
    assertThat(process.exitValue()).as(output).isZero();
    return output.lines().toList();
  }

  private Process start(String sparkHome, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", root + "/bin/blockwise"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", root.toString());
    builder.environment().put("SPARK_HOME", sparkHome);
    builder.environment().keySet().removeAll(List.of("BLOCKWISE_BUILD", "SPARK_CONF_DIR"));
    return builder.start();
  }

  private static String output(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private void script(String file, String text) throws IOException {
    Path script = root.resolve(file);
    Files.createDirectories(script.getParent());
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }
}
