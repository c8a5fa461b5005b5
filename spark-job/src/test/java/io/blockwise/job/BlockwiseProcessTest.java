package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.engine.EngineProvider;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: exit codes, what it prints, and Ctrl-C. */
@Tag("thorough")
class BlockwiseProcessTest {
  private static final int SECONDS = 90;

  @TempDir Path directory;
  private final List<String> options = new ArrayList<>();
  private final List<String> classPath =
      new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
  private Process process;

  @AfterEach
  void endProcess() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void trainPreparesTrainsAndPublishes() throws Exception {
    start("train", "workers=2");
    assertThat(exitCode()).as(errors()).isZero();
    assertThat(output()).contains("Best on validation: epoch ", "Published ");
    assertThat(directory.resolve("out/models/small/LATEST")).hasContent("run");
    assertThat(directory.resolve("out/datasets/shapes/manifest.json")).exists();
  }

  @Test
  void unknownKeyIsExitCode2AndOneLine() throws Exception {
    start("train", "training.bacth-size=3");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(errors().lines()).hasSize(1);
    assertThat(errors())
        .startsWith("Unknown key training.bacth-size")
        .contains("training.batch-size");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void engineWithoutItsLibraryIsExitCode2AndOneLineBeforeAnythingIsMade() throws Exception {
    classPath.removeIf(entry -> entry.matches(".*/pytorch-[^/]*-linux-x86_64\\.jar"));
    start("train", "engine=torch");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages())
        .singleElement()
        .asString()
        .startsWith("Cannot use engine = torch: there is no libtorch for linux-x86_64");
    assertThat(directory.resolve("out/datasets")).doesNotExist();
  }

  @Test
  void engineWhoseJarIsAbsentIsExitCode2AndOneLineBeforeAnythingIsMade() throws Exception {
    classPath.removeIf(entry -> entry.contains("model/torch/") || entry.contains("engine-torch"));
    start("train", "engine=torch");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages())
        .singleElement()
        .asString()
        .startsWith(
            "Cannot use engine = torch: its jar is not on the class path, which has engine dl4j");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void twoEnginesOfOneNameAreExitCode2AndOneLine() throws Exception {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(EngineProvider.class.getName()), TorchInName.class.getName());
    start("train", "engine=torch");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages())
        .singleElement()
        .asString()
        .startsWith("Cannot use engine = torch: two engines have this name, ")
        .contains(TorchInName.class.getName(), "io.blockwise.model.engine.torch.TorchProvider");
  }

  @Test
  void precisionThatTheEngineDoesNotKnowIsExitCode2BeforeAnythingIsMade() throws Exception {
    start("train", "engine=dl4j", "precision=bfloat16");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages())
        .containsExactly(
            "Cannot use engine = dl4j: it computes in float32 only, and precision is bfloat16 (set"
                + " precision = float32, or engine = torch)");
    assertThat(directory.resolve("out")).doesNotExist();
  }

  /** Which would end in an abort of the process: the loader takes files of either. */
  @Test
  void engineWithTwoBuildsOfItsLibraryIsRefused() throws Exception {
    Path folder = directory.resolve("org/bytedeco/pytorch/linux-x86_64-gpu");
    Files.createDirectories(folder);
    Files.createFile(folder.resolve("libjnitorch.so"));
    start("train", "engine=torch");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages())
        .singleElement()
        .asString()
        .startsWith("Cannot use engine = torch: the libraries for the CPU and for CUDA are both");
  }

  /** It has crashed in the loader where the library's files were not all there yet. */
  @Test
  void engineStartsThoughItsFilesAreYetToBeUnpacked() throws Exception {
    SmallRuns.copyDataset(directory);
    options.add("-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache"));
    start("train", "engine=torch", "workers=2");
    assertThat(exitCode()).as(errors()).isZero();
    assertThat(directory.resolve("out/models/small/LATEST")).hasContent("run");
  }

  @Test
  void withoutALibraryThatLoadsAutoTakesTheOtherEngineAndSaysWhy() throws Exception {
    SmallRuns.copyDataset(directory);
    Path folder = directory.resolve("org/bytedeco/pytorch/linux-x86_64");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("libjnitorch.so"), "no library");
    options.add("-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache"));
    start("train", "engine=auto", "training.epochs=1");
    assertThat(exitCode()).as(errors()).isZero();
    String line = "Computing with dl4j 1.0.0-M2.1, as torch cannot be used: ";
    assertThat(output().lines().filter(each -> each.startsWith(line)))
        .singleElement()
        .asString()
        .contains("libjnitorch.so");
    JsonNode started = SmallRuns.events(directory).get(0);
    assertThat(started.get("engine").asText()).isEqualTo("dl4j");
    assertThat(started.get("engine_reason").asText()).startsWith(line);
    assertThat(SmallRuns.published(directory).provenance()).containsEntry("engine", "dl4j");
  }

  /** As with a library that was built for another system. */
  @Test
  void engineWhoseLibraryDoesNotLoadIsExitCode2WithoutATrace() throws Exception {
    SmallRuns.copyDataset(directory);
    Path folder = directory.resolve("org/bytedeco/pytorch/linux-x86_64");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("libjnitorch.so"), "no library");
    options.add("-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("cache"));
    start("train", "engine=torch");
    assertThat(exitCode()).as(errors()).isEqualTo(2);
    assertThat(messages()) // behind what the Java machine says of a file that is no library
        .last()
        .asString()
        .startsWith("Cannot use engine = torch: ")
        .contains("libjnitorch.so")
        .endsWith("use another engine on other systems)");
    assertThat(errors()).doesNotContain("\tat ");
  }

  @Test
  void dataThatIsDamagedIsExitCode2AndOneLine() throws Exception {
    SmallRuns.copyDataset(directory);
    Files.delete(directory.resolve("out/datasets/shapes/test/shard-00000.parquet"));
    start("train");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages()).singleElement().asString().startsWith("Cannot read shard test/");
  }

  @Test
  void damagedLatestIsExitCode2AndOneLine() throws Exception {
    Path models = Files.createDirectories(directory.resolve("out/models/small"));
    Files.write(models.resolve("LATEST"), new byte[] {0, 27, '[', '2', 'J', (byte) 0xfe});
    start("evaluate", "run-id=");
    assertThat(exitCode()).isEqualTo(2);
    assertThat(messages())
        .singleElement()
        .asString()
        .startsWith("Cannot read ")
        .contains("LATEST: it holds \"??[2J?\" instead of a run-id");
  }

  @Test
  void lossThatIsNotFiniteIsExitCode1AndOneLine() throws Exception {
    SmallRuns.copyDataset(directory);
    start("train", "training.learning-rate=1e30", "training.optimiser=sgd", "averaging.period=1");
    assertThat(exitCode()).isEqualTo(1);
    assertThat(messages()).singleElement().asString().startsWith("Cannot train block ");
    assertThat(lastEvent()).isEqualTo("failed");
  }

  @Test
  void interruptedTrainingEndsWith130AndPublishesNothing() throws Exception {
    SmallRuns.copyDataset(directory);
    start("train", "workers=2", "training.epochs=100000");
    await(() -> lines() >= 3);
    interrupt();
    assertThat(exitCode()).as(errors()).isEqualTo(130);
    assertThat(messages()).containsExactly("Interrupted");
    assertThat(lastEvent()).isEqualTo("interrupted");
    assertThat(directory.resolve("out/models")).doesNotExist();
  }

  /** As on HDFS, where an event could not be written any more. */
  @Test
  void fileSystemsAreClosedAfterAnInterruptedRunHasCleanedUp() throws Exception {
    SmallRuns.copyDataset(directory);
    Files.writeString(
        directory.resolve("core-site.xml"),
        """
        <configuration>
          <property><name>fs.closing.impl</name><value>%s</value></property>
        </configuration>
        """
            .formatted(ClosingFileSystem.class.getName()));
    start(
        "train",
        "output=closing:" + directory.resolve("out"),
        // a step takes more than a second, and cannot be interrupted
        "vgg-small.width=32",
        "training.batch-size=360",
        "training.epochs=100000");
    await(() -> lines() >= 1);
    interrupt();
    assertThat(exitCode()).as(errors()).isEqualTo(130);
    assertThat(messages()).containsExactly("Interrupted");
    assertThat(lastEvent()).isEqualTo("interrupted");
  }

  @Test
  void workersThatWaitForEachOtherAreInterruptedToo() throws Exception {
    SmallRuns.copyDataset(directory);
    start(
        "train",
        "workers=3",
        "averaging.rule=quorum",
        "averaging.period=1",
        "training.epochs=100000");
    await(() -> lines() >= 2);
    interrupt();
    assertThat(exitCode()).as(errors()).isEqualTo(130);
    assertThat(lastEvent()).isEqualTo("interrupted");
  }

  @Test
  void interruptedPreparationEndsWith130AndLeavesNoDataSet() throws Exception {
    start("train", "data.shapes.train=200000");
    await(() -> Files.exists(directory.resolve("out/datasets")));
    interrupt();
    assertThat(exitCode()).as(errors()).isEqualTo(130);
    assertThat(messages()).as(errors()).last().isEqualTo("Interrupted");
    assertThat(errors()).doesNotContain("\tat ");
    assertThat(directory.resolve("out/datasets/shapes/manifest.json")).doesNotExist();
  }

  private void start(String command, String... sets) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Djdk."))
        .forEach(line::add);
    line.addAll(List.of("-Xmx1g", "-Dspark.master=local[2]", "-Dspark.ui.enabled=false"));
    line.addAll(options);
    line.add("-cp");
    line.add(directory + File.pathSeparator + String.join(File.pathSeparator, classPath));
    line.add(Blockwise.class.getName());
    line.add(command);
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

  /** As Ctrl-C does. */
  private void interrupt() throws IOException, InterruptedException {
    assumeFalse(
        ClusterProcess.ignoresInterrupts(),
        "this process was started to ignore SIGINT, so its child is too");
    Process kill = new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Waits for what another process does; there is nobody to be notified by. */
  private void await(BooleanSupplier condition) throws InterruptedException, IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        fail("did not get so far: %s", errors());
      }
    }
  }

  /** Whole lines of the run's events so far. */
  private long lines() {
    Path events = directory.resolve("out/runs/run/events.jsonl");
    try {
      return Files.exists(events)
          ? Files.readString(events).chars().filter(c -> c == '\n').count()
          : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String lastEvent() throws IOException {
    List<JsonNode> events = SmallRuns.events(directory);
    return events.get(events.size() - 1).get("event").asText();
  }

  /** What is printed on standard error, without the libraries' warnings when they are loaded. */
  private List<String> messages() throws IOException {
    return errors().lines().filter(line -> !line.startsWith("WARN")).toList();
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
