package io.blockwise.job.baseline;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.job.Blockwise;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTables;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code train} as a process, with and without the baseline and its libraries. */
@Tag("thorough")
class StockTrainingTest {
  private static final String MODULE = File.separator + "baseline" + File.separator + "target";
  private static final int SECONDS = 120;

  @TempDir Path directory;
  private Process process;

  @BeforeEach
  void prepare() {
    SmallRuns.copyDataset(directory);
  }

  @AfterEach
  void endProcess() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void twoWorkersLearnAndLeaveAReportButNoModel() throws Exception {
    String[] sets = {
      "workers=2",
      "averaging.period=4",
      "training.epochs=8",
      "training.learning-rate=1e-2",
      "training.augmentation=weak"
    };
    start(classPath(), stock(sets));
    assertThat(exitCode()).as(errors()).isZero();
    assertThat(output()).contains("epoch 8/8  ", "Best on validation: epoch ");

    Path run = directory.resolve("out/runs/run");
    assertThat(run.toFile().list())
        .containsExactlyInAnyOrder("run.json", "resolved.conf", "baseline.json");
    assertThat(run.resolve("run.json")).content().contains("\"finished\"");
    assertThat(directory.resolve("out/models")).doesNotExist();
    assertThat(Settings.load(run.resolve("resolved.conf"), List.of()).workers().count())
        .isEqualTo(2);

    JsonNode report = new JsonMapper().readTree(run.resolve("baseline.json").toFile());
    assertThat(report.get("baseline").asText()).isEqualTo("dl4j-spark");
    assertThat(report.get("workers").asInt()).isEqualTo(2);
    assertThat(report.get("history")).hasSize(8);
    // a worker's 180 rows are 11 batches of 16; 22 batches are 2 rounds of 4 for each of 2 workers
    assertThat(report.get("history").findValues("steps"))
        .allSatisfy(steps -> assertThat(steps.asLong()).isEqualTo(16));
    assertThat(report.get("history").findValues("examples"))
        .allSatisfy(examples -> assertThat(examples.asLong()).isEqualTo(256));
    JsonNode best = report.get("history").get(report.get("selected_epoch").asInt() - 1);
    assertThat(report.get("validation")).isEqualTo(best.get("validation"));
    assertThat(report.get("test").asDouble()).isGreaterThan(0.3);
    assertThat(report.get("examples_per_second").asDouble()).isPositive();
    // convolutions 3-4-4-8-8-16-16 and the batch norms behind them, and the exit's 16 * 4 * 4 to 10
    assertThat(report.get("parameters").asLong())
        .isEqualTo(9 * (12 + 16 + 32 + 64 + 128 + 256) + 2 * (4 + 4 + 8 + 8 + 16 + 16) + 2570);
  }

  @Test
  void rowsOfTablesAreLearned() throws Exception {
    SmallTables.prepare(directory);
    String[] sets = {
      "data={kind = table, path = \"" + directory.resolve("raw") + "\"}",
      "data={table.label-column = class, validation-fraction = 0.2}",
      "backbone=mlp",
      "mlp.hidden=[32, 32]",
      "training.epochs=15",
      "training.learning-rate=1e-2"
    };
    start(classPath(), stock(sets));
    assertThat(exitCode()).as(errors()).isZero();
    Path report = directory.resolve("out/runs/run/baseline.json");
    double test = new JsonMapper().readTree(report.toFile()).get("test").asDouble();
    assertThat(test).isGreaterThan(0.7);
  }

  @Test
  void withoutItsModuleItIsOneLineAndExitCode2() throws Exception {
    start(classPathWithoutModule(), stock());
    assertThat(exitCode()).isEqualTo(2);
    assertThat(errors().lines()).hasSize(1);
    assertThat(errors())
        .startsWith(
            "Cannot train with training.baseline = dl4j-spark: it is not on the class path (");
    assertThat(directory.resolve("out/runs")).doesNotExist();
  }

  @Test
  void moreWorkersThanSlotsAreOneLineAndExitCode2() throws Exception {
    start(classPath(), stock("workers=3"));
    assertThat(exitCode()).isEqualTo(2);
    assertThat(errors())
        .contains(
            "Cannot train with 3 workers on master local[2]: it has room for 2 tasks at a time");
    assertThat(directory.resolve("out/runs")).doesNotExist();
  }

  @Test
  void runOfBlockwiseItselfLoadsNothingOfTheBaseline() throws Exception {
    start(classPath(), "method=bp", "workers=2");
    assertThat(exitCode()).as(errors()).isZero();
    List<String> loaded = Files.readAllLines(directory.resolve("classes.txt"));
    assertThat(loaded).anyMatch(line -> line.contains("io.blockwise.job.training.Training "));
    assertThat(loaded)
        .noneMatch(line -> line.contains("io.blockwise.job.baseline."))
        .noneMatch(line -> line.contains("org.deeplearning4j."));
  }

  private static String[] stock(String... sets) {
    List<String> all = new ArrayList<>(List.of("method=bp", "training.baseline=dl4j-spark"));
    all.addAll(List.of(sets));
    return all.toArray(String[]::new);
  }

  private static String classPath() {
    String classPath = System.getProperty("java.class.path");
    assertThat(classPath).contains(MODULE);
    return classPath;
  }

  private static String classPathWithoutModule() {
    return Arrays.stream(classPath().split(File.pathSeparator))
        .filter(entry -> !entry.contains(MODULE))
        .collect(joining(File.pathSeparator));
  }

  private void start(String classPath, String... sets) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Djdk."))
        .forEach(line::add);
    line.add("-Xlog:class+load:file=" + directory.resolve("classes.txt"));
    line.addAll(List.of("-Xmx1g", "-Dspark.master=local[2]", "-Dspark.ui.enabled=false"));
    line.addAll(List.of("-cp", classPath, Blockwise.class.getName(), "train"));
    line.addAll(SmallRuns.arguments(directory, sets));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.redirectOutput(file("output").toFile()).redirectError(file("errors").toFile());
    process = builder.start();
  }

  private int exitCode() throws InterruptedException, IOException {
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      fail("still runs after %d s: %s", SECONDS, errors());
    }
    return process.exitValue();
  }

  private String errors() throws IOException {
    return Files.readString(file("errors"));
  }

  private String output() throws IOException {
    return Files.readString(file("output"));
  }

  private Path file(String name) {
    return directory.resolve(name + ".txt");
  }
}
