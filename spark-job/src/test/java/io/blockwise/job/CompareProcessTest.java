package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command compare as a process: exit codes, an end in the middle, executors. */
@Tag("slow")
class CompareProcessTest {
  private static final int SECONDS = 180;

  /** The second run would take hours. */
  private static final String ENDLESS =
      """
      training.epochs = 1
      compare.runs {
        first { method = bp }
        second { method = bp, training.epochs = 1000000 }
      }
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "KILL, 137"})
  void whatWasFinishedBeforeAnEndInTheMiddleIsNotMadeAgain(String signal, int code)
      throws Exception {
    assumeFalse(
        signal.equals("INT") && ClusterProcess.ignoresInterrupts(),
        "this process was started to ignore SIGINT, so its child is too");
    try (ClusterProcess process = start("local[2]", ENDLESS)) {
      process.await(() -> isDone("first") && running() > 1, SECONDS);
      ClusterProcess.signal(process.driver(), signal);
      assertThat(process.exitCode(SECONDS)).as(process::driverErrors).isEqualTo(code);
      if (code != 137) {
        assertThat(process.driverErrors().lines()).last().isEqualTo("Interrupted");
      }
    }
    assertThat(table()).contains("first,1,done,", "second,1,to do,");
    try (ClusterProcess process =
        start("local[2]", ENDLESS, "--set=compare.runs.second.training.epochs=1")) {
      assertThat(process.exitCode(SECONDS)).as(process::driverErrors).isZero();
      assertThat(process.output())
          .contains("Comparing 2 runs of 2 configurations, 1 of them are there already")
          .contains("second seed 1 (2/2)  epoch 1/1")
          .doesNotContain("first seed 1 (1/2)");
    }
    assertThat(table()).contains("first,1,done,", "second,1,done,");
  }

  @Test
  void failedRunIsExitCode1AndOneLine() throws Exception {
    String conf =
        """
        training.epochs = 1
        compare.runs {
          bad { method = bp, averaging.period = 1, training { learning-rate = 1e30, optimiser = sgd } }
          good { method = bp }
        }
        """;
    try (ClusterProcess process = start("local[2]", conf)) {
      assertThat(process.exitCode(SECONDS)).isEqualTo(1);
      assertThat(process.driverErrors().lines().filter(line -> !line.startsWith("WARN")))
          .hasSize(2)
          .first()
          .asString()
          .startsWith("Run bad seed 1 failed: Cannot train block 1: ");
    }
    assertThat(table()).contains("good,1,done,");
  }

  @Test
  void unknownKeyInOneRunIsExitCode2AndOneLine() throws Exception {
    try (ClusterProcess process = start("local[2]", "compare.runs { a {}, b { methd = bp } }")) {
      assertThat(process.exitCode(SECONDS)).isEqualTo(2);
      assertThat(process.driverErrors().lines())
          .singleElement()
          .asString()
          .startsWith("Cannot compare run b: Unknown key methd in ")
          .endsWith("many.conf:2 (did you mean method?)");
    }
    assertThat(directory.resolve("out/runs")).doesNotExist();
  }

  @Test
  void runsShareOneApplicationOnExecutors() throws Exception {
    String conf =
        "training.epochs = 1, compare { seeds = [1, 2], runs { pred { method = pred } } }";
    try (ClusterProcess process =
        start(ClusterProcess.localCluster(2, 1, 1024), conf, "--parallel=2")) {
      assertThat(process.exitCode(SECONDS)).as(process::errors).isZero();
    }
    List<String> lines = Files.readAllLines(comparison().resolve("runs.csv"));
    List<String> header = List.of(lines.get(0).split(",", -1));
    for (String line : lines.subList(1, 3)) {
      List<String> cells = List.of(line.split(",", -1));
      assertThat(cells.get(header.indexOf("status"))).isEqualTo("done");
      assertThat(cells.get(header.indexOf("peak_memory_bytes"))).isEqualTo("0");
      assertThat(Long.parseLong(cells.get(header.indexOf("exchanged_bytes")))).isPositive();
    }
  }

  private ClusterProcess start(String master, String conf, String... options) throws IOException {
    if (!Files.exists(directory.resolve("small.conf"))) {
      Files.writeString(directory.resolve("small.conf"), SmallRuns.configuration(directory));
    }
    Path file = directory.resolve("many.conf");
    Files.writeString(file, "include \"small.conf\"\n" + conf);
    List<String> arguments = new ArrayList<>(List.of("compare", file.toString()));
    arguments.addAll(List.of(options));
    return ClusterProcess.start(directory, Blockwise.class, master, Map.of(), arguments);
  }

  private boolean isDone(String run) {
    return table().contains(run + ",1,done,");
  }

  /** Runs that have begun to train. */
  private long running() {
    try (Stream<Path> runs = Files.list(directory.resolve("out/runs"))) {
      return runs.filter(run -> Files.exists(run.resolve("events.jsonl"))).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String table() {
    try {
      Path file = comparison().resolve("runs.csv");
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path comparison() {
    return directory.resolve("out/comparisons/many");
  }
}
