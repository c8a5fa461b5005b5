package io.blockwise.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher of the unpacked archive, and the job jar, with an installed Spark and no sources.
 */
@Tag("slow")
class UnpackedArchiveTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir static Path directory;

  private static Path root;
  private static Path spark;

  @BeforeAll
  static void unpack() throws Exception {
    // a folder with a space, as a user may have one
    root = Packages.unpacked(Files.createDirectories(directory.resolve("my programs")));
    spark = Packages.spark(directory.resolve("spark")).home();
  }

  @Test
  void withoutAnInstalledSparkItIsRefusedInOneLine() throws Exception {
    Command.Result result =
        launcher("train", "x.conf").with(Map.of("SPARK_HOME", "")).run(PATIENCE);
    assertThat(result.err().strip())
        .isEqualTo(
            "Cannot run blockwise: SPARK_HOME is not set, and this archive brings no Spark (set it to"
                + " an installed Spark 3.5)");
    assertThat(result.code()).isEqualTo(2);
  }

  @Test
  void helpNeedsNeitherMavenNorSources() throws Exception {
    Command.Result result = launcher("--help").run(PATIENCE);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("Usage: blockwise", "train");
    assertThat(result.code()).isZero();
    assertThat(Packages.files(root)).noneMatch(file -> file.toString().contains("/target/"));
  }

  @Test
  void aSmallNetworkTrainsOnThisMachine() throws Exception {
    Command.Result result =
        launcher("train", conf().toString(), "--master", "local[2]").run(PATIENCE);
    assertTrained(result);
  }

  @Test
  void theJobJarTrainsOnExecutors() throws Exception {
    Command.Result result =
        Command.of(
                spark.resolve("bin/spark-submit").toString(),
                "--master",
                "local-cluster[2,1,1024]",
                "--conf",
                "spark.executor.extraClassPath=" + Packages.jobJar("torch"),
                "--class",
                "io.blockwise.job.Blockwise",
                Packages.jobJar("torch").toString(),
                "train",
                conf().toString())
            .with(Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1"))
            .with(Map.of("SPARK_LOCAL_IP", "127.0.0.1"))
            .in(directory)
            .run(PATIENCE);
    assertTrained(result);
  }

  private static Command launcher(String... words) {
    return Command.of(root.resolve("bin/blockwise").toString())
        .with(words)
        .with(Map.of("SPARK_HOME", spark.toString(), "SPARK_CONF_DIR", ""))
        .in(directory);
  }

  private static Path conf() throws IOException {
    return Files.writeString(
        directory.resolve("tiny.conf"),
        """
        output = "%s"
        engine = torch
        workers = 2
        vgg-small.width = 4
        data { kind = shapes, shapes { train = 400, test = 100 } }
        training { epochs = 1, batch-size = 32 }
        """
            .formatted(Files.createTempDirectory(directory, "out")));
  }

  private static void assertTrained(Command.Result result) {
    assertThat(result.code()).as(result.err() + result.out()).isZero();
    assertThat(result.out())
        .contains("block  validation    test", "Computed with torch", "Published");
  }
}
