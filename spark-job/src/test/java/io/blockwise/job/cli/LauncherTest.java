package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bin/blockwise} refuses by itself, before it builds anything. */
class LauncherTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--master | Cannot run blockwise: --master lacks its value (see bin/blockwise --help)",
        "--class x | Cannot use --class: bin/blockwise sets it (use spark-submit itself)",
        "--conf spark.task.cpus | Invalid --conf: spark.task.cpus (must be NAME=VALUE)",
        "--conf==2 | Invalid --conf: =2 (must be NAME=VALUE)",
        "--driver-memory lots | Invalid --driver-memory: lots (must be a size such as 4g)",
        "--deploy-mode remote | Invalid --deploy-mode: remote (must be client or cluster)",
        "--properties-file no.conf | Cannot read no.conf: there is no such file (give --properties-file a file of Spark properties)",
      })
  void badOptionOfSparkIsOneLineAndExitCode2(String options, String message)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", launcher().toString(), "train", "x"));
    command.addAll(List.of(options.split(" ", -1)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(output).isEqualTo(message);
    assertThat(process.exitValue()).isEqualTo(ExitCode.USER_ERROR);
  }

  private static Path launcher() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("bin/blockwise"))) {
      folder = folder.getParent();
    }
    return folder.resolve("bin/blockwise");
  }
}
