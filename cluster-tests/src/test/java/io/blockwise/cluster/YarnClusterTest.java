package io.blockwise.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.testing.Command;
import io.blockwise.testing.InstalledSpark;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The unpacked archive and the job jar on YARN, with data and output on HDFS. */
@Tag("slow")
@SuppressWarnings("try") // settings hold while they are open
@EnabledIfSystemProperty(
    named = "blockwise.distribution",
    matches = ".+",
    disabledReason = "what is packaged is only built with -Pdistribution")
@EnabledIfEnvironmentVariable(named = "BLOCKWISE_DATA", matches = ".+")
class YarnClusterTest {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final String VERSION = System.getProperty("blockwise.version");

  @TempDir static Path directory;

  private static HdfsCluster hdfs;
  private static YarnCluster yarn;
  private static Path root;
  private static Path spark;

  @BeforeAll
  static void start() throws Exception {
    hdfs = HdfsCluster.start(directory, 1);
    yarn = YarnCluster.start(directory.resolve("yarn"), hdfs.path(""), 2);
    try (FileSystem files = FileSystem.get(URI.create(hdfs.path("/")), hdfs.configuration())) {
      for (String name : List.of("sst2", "glove")) {
        files.copyFromLocalFile(
            new org.apache.hadoop.fs.Path(System.getenv("BLOCKWISE_DATA"), name),
            new org.apache.hadoop.fs.Path("/raw/" + name));
      }
    }
    spark = InstalledSpark.of(directory.resolve("spark"), jarsOfSpark()).home();
    Command.of("tar", "xzf", packaged("target/blockwise-%s.tar.gz"), "-C", directory.toString())
        .run(PATIENCE);
    root = directory.resolve("blockwise-" + VERSION);
  }

  @AfterAll
  static void stop() {
    if (yarn != null) {
      yarn.close();
    }
    if (hdfs != null) {
      hdfs.close();
    }
  }

  @Test
  void oneSubmissionPreparesAndTrainsSentencesInContainersAndPublishesOnHdfs() throws Exception {
    long before = yarn.containers();
    Path events = Files.createDirectories(directory.resolve("events"));
    Command.Result result =
        launcher("train", "sst2-small.conf", "/sst2")
            .with("--queue", YarnCluster.QUEUE, "--set", "training.epochs=1")
            .with("--conf", "spark.eventLog.enabled=true")
            .with("--conf", "spark.eventLog.dir=file:" + events)
            .run(PATIENCE);
    RMApp application = newest();
    String output = yarn.logs(application, "stdout");
    assertThat(result.code()).as(result.err() + output).isZero();
    assertThat(result.err()).contains("Submitted application " + application.getApplicationId());
    assertThat(application.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.SUCCEEDED);
    assertThat(application.getQueue()).endsWith(YarnCluster.QUEUE);
    // two executors and the driver
    assertThat(yarn.containers() - before).isEqualTo(3);
    assertThat(output)
        .contains("block  validation    test", "Published hdfs://")
        .containsPattern("  3 +\\d\\d\\.\\d\\d % +\\d\\d\\.\\d\\d %");
    assertThat(yarn.logs(application, "stderr")).contains("Prepared 9613 rows");
    ModelStore store =
        new ModelStore(
            hdfs.configuration(),
            new org.apache.hadoop.fs.Path(hdfs.path("/sst2/models/sst2-small")));
    assertThat(store.readLatest().blocks()).hasSize(3);
    assertAnswersOnS3("/sst2");
    assertHidden(events, hdfs.path("/raw"));
  }

  /** The model and its data set, copied to S3 by Hadoop, have there the figures they have here. */
  private static void assertAnswersOnS3(String output) throws Exception {
    try (S3Server s3 = S3Server.start(Files.createDirectories(directory.resolve("s3")));
        JobSettings settings = JobSettings.of(s3.settings())) {
      Configuration there = HadoopSettings.current();
      for (String part : List.of("datasets", "models")) {
        org.apache.hadoop.fs.Path from = new org.apache.hadoop.fs.Path(hdfs.path(output), part);
        org.apache.hadoop.fs.Path to = new org.apache.hadoop.fs.Path(S3Server.path(output), part);
        try (FileSystem files = FileSystem.newInstance(from.toUri(), hdfs.configuration())) {
          assertThat(FileUtil.copy(files, from, to.getFileSystem(there), to, false, there))
              .isTrue();
        }
      }
      Settings evaluated =
          Settings.load(
              root.resolve("conf/sst2-small.conf"),
              List.of("output=" + S3Server.path(output), "workers=2", "threads=1"));
      assertThat(SmallRuns.printed(() -> ModelEvaluation.run(evaluated)))
          .contains("Model sst2-small, version ")
          .doesNotContain("The figures differ");
    }
  }

  @Test
  void theJobJarTrainsFromThisMachineWithExecutorsInContainers() throws Exception {
    long before = yarn.containers();
    Path conf =
        Files.writeString(
            directory.resolve("tiny.conf"),
            """
            output = "%s"
            engine = torch
            workers = 2
            vgg-small.width = 4
            data { kind = shapes, shapes { train = 400, test = 100 } }
            training { epochs = 1, batch-size = 32 }
            """
                .formatted(hdfs.path("/shapes")));
    Command.Result result =
        onYarn(
                Command.of(spark.resolve("bin/spark-submit").toString())
                    .with("--deploy-mode", "client"))
            .with("--class", "io.blockwise.job.Blockwise")
            .with(packaged("job-torch/target/blockwise-job-torch-%s.jar"), "train", conf.toString())
            .with(Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1"))
            .run(PATIENCE);
    assertThat(result.code()).as(result.err() + result.out()).isZero();
    assertThat(result.out()).contains("block  validation    test", "Published hdfs://");
    assertThat(yarn.containers() - before).isEqualTo(3);
    assertThat(newest().getQueue()).endsWith("default");
  }

  @Test
  void whatFailsOnTheClusterComesBackAsOneLine() throws Exception {
    Command.Result result =
        launcher("train", "sst2-small.conf", "/failed")
            .with("--set", "data.path=" + hdfs.path("/nowhere"))
            .run(PATIENCE);
    assertThat(result.code()).as(result.err()).isEqualTo(1);
    assertThat(result.err().lines().filter(line -> !line.contains("Submitted application")))
        .containsExactly(
            "Cannot read sst2 in "
                + hdfs.path("/nowhere")
                + ": train.tsv is missing or empty (put all files of the distribution there, or name"
                + " their folder: data.path)");
    assertThat(newest().getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.FAILED);
    assertThat(newest().getAppAttempts()).hasSize(1);
  }

  @Test
  void whatIsWrongBeforeIsNeverSubmitted() throws Exception {
    int before = yarn.applications().size();
    Command.Result result =
        launcher("train", "sst2-small.conf", "/refused").with("--set", "sed=1").run(PATIENCE);
    assertThat(result.err().strip()).isEqualTo("Unknown key sed in --set (did you mean seed?)");
    assertThat(result.code()).isEqualTo(2);
    assertThat(yarn.applications()).hasSize(before);
  }

  /** Spark's record of its environment, which its pages show: no value of a variable is in it. */
  private static void assertHidden(Path events, String value) throws IOException {
    try (Stream<Path> logs = Files.list(events)) {
      Path log =
          logs.filter(file -> !file.getFileName().toString().startsWith("."))
              .findFirst()
              .orElseThrow();
      String environment =
          Files.readAllLines(log).stream()
              .filter(line -> line.contains("SparkListenerEnvironmentUpdate"))
              .collect(Collectors.joining());
      assertThat(environment).contains("spark.blockwise.environment").doesNotContain(value);
    }
  }

  private static RMApp newest() {
    return yarn.applications().stream()
        .max(Comparator.comparing(RMApp::getApplicationId))
        .orElseThrow();
  }

  private static Command launcher(String command, String conf, String output) {
    return onYarn(
            Command.of(root.resolve("bin/blockwise").toString(), command)
                .with(root.resolve("conf/" + conf).toString()))
        .with("--set", "output=" + hdfs.path(output), "--set", "workers=2")
        .with(Map.of("BLOCKWISE_DATA", hdfs.path("/raw"), "SPARK_CONF_DIR", ""));
  }

  /** Two executors of one core, small enough for this machine. */
  private static Command onYarn(Command command) {
    Command small =
        command.with(
            "--properties-file",
            root.resolve("conf/yarn/spark-yarn.properties").toString(),
            "--num-executors",
            "2",
            "--executor-cores",
            "1",
            "--executor-memory",
            "1g",
            "--driver-memory",
            "1g");
    List<String> properties =
        List.of(
            "spark.task.cpus=1",
            "spark.executor.memoryOverhead=1g",
            // every node of this cluster has them
            "spark.yarn.jars=local:" + spark.resolve("jars") + "/*",
            // its pages behind YARN's proxy need a jar of a full installation
            "spark.ui.enabled=false");
    for (String property : properties) {
      small = small.with("--conf", property);
    }
    return small
        .with(Map.of("SPARK_HOME", spark.toString(), "HADOOP_CONF_DIR", yarn.sites().toString()))
        .with(Map.of("SPARK_LOCAL_IP", "127.0.0.1"))
        .in(directory);
  }

  private static String packaged(String file) {
    return System.getProperty("blockwise.distribution") + "/" + file.formatted(VERSION);
  }

  private static List<Path> jarsOfSpark() throws Exception {
    List<Path> jars = new ArrayList<>();
    try (Stream<Path> all =
        Files.list(Path.of(System.getProperty("blockwise.spark-home"), "jars"))) {
      all.forEach(jars::add);
    }
    Class<?> client = Class.forName("org.apache.spark.deploy.yarn.Client");
    jars.add(Path.of(client.getProtectionDomain().getCodeSource().getLocation().toURI()));
    return jars;
  }
}
