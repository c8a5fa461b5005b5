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
