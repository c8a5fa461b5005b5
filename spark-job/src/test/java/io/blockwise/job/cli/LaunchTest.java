package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prepare  | local[2] | seed=1 | '' | ''",
        "train    | local[2] | seed=1 | torch dl4j | ''",
        "evaluate | local[*] | seed=1 | torch dl4j | ''",
        "train    | local[2] | engine=dl4j | dl4j | ''",
        "train    | local-cluster[2,1,512] | seed=1 | torch | ''",
        "plan     | yarn | engine=dl4j | dl4j | ''",
        "train    | spark://host:1 | training.baseline=dl4j-spark | dl4j | dl4j-spark",
      })
  void launcherIsToldWhoseJarsARunNeeds(
      String command, String master, String set, String engines, String baseline)
      throws IOException {
    assertThat(printed(command, "--master", master, "--set=" + set))
        .contains("threads=1", "engines='" + engines + "'", "baseline='" + baseline + "'");
  }

  @Test
  void launcherIsToldTheEnginesOfAllRunsOfAComparison() throws IOException {
    String runs = "--set=compare.runs={a {engine = dl4j}, b {engine = torch}, c {engine = dl4j}}";
    assertThat(printed("compare", "--parallel", "2", runs, "--master=local[2]"))
        .contains("threads=1", "engines='dl4j torch'", "baseline=''")
        .last()
        .asString()
        .startsWith("arguments=('compare' ")
        .contains("'--parallel' '2'");
  }

  /** What the launcher is told of a run with one thread. */
  private List<String> printed(String command, String... words) throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "threads = 1, method = bp");
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      List<String> line = new ArrayList<>(List.of(command, conf.toString()));
      line.addAll(List.of(words));
      assertThat(Launch.run(line, Path.of("none"))).isZero();
    } finally {
      System.setOut(out);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
