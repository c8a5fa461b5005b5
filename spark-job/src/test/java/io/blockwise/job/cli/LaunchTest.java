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

  @Test
  void aDriverOnTheClusterIsSentItsConfiguration() throws IOException {
    List<String> printed =
        printed(
            "train",
            "--master=spark://host:1",
            "--deploy-mode=cluster",
            "--files=/mine",
            "--set=output=hdfs://host/out");
    assertThat(printed)
        .contains("files='/mine'", "arguments=('train' 'x.conf')")
        .anyMatch(line -> line.matches("shipment='/.+'"));
    assertThat(printed("train", "--master=spark://host:1"))
        .noneMatch(l -> l.startsWith("shipment"));
  }

  @ParameterizedTest
  @CsvSource({"out", "/data/out", "file:/data/out", "file:///out"})
  void outputOnTheDiskOfADriverOnTheClusterIsRefused(String output) throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "output = \"" + output + "\"");
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      List<String> line =
          List.of("train", conf.toString(), "--master=spark://host:1", "--deploy-mode=cluster");
      assertThat(Launch.run(line, Path.of("none"))).isEqualTo(ExitCode.USER_ERROR);
    } finally {
      System.setErr(err);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            "Cannot use output = "
                + output
                + " with --deploy-mode cluster: the driver runs on a machine of the cluster, and its"
                + " disk is not shared (give a place such as --set output=hdfs://host:8020/blockwise"
                + " or s3a://bucket/blockwise)");
  }

  /** What the launcher is told of a run with one thread. */
  private List<String> printed(String command, String... words) throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "threads = 1, method = bp");
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    String temporary = System.setProperty("java.io.tmpdir", directory.toString());
    try {
      List<String> line = new ArrayList<>(List.of(command, conf.toString()));
      line.addAll(List.of(words));
      assertThat(Launch.run(line, Path.of("none"))).isZero();
    } finally {
      System.setOut(out);
      System.setProperty("java.io.tmpdir", temporary);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
