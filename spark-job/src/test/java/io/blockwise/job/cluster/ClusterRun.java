package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.FaultyFileSystem;
import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * {@code blockwise train} of a small configuration on executors, watched by its events. Used by one
 * thread.
 */
final class ClusterRun implements AutoCloseable {
  /** For all that is waited for: far longer than it takes. */
  static final int SECONDS = 150;

  private static final JsonMapper JSON = new JsonMapper();
  private static final int ROWS = 360;

  private final Path directory;
  private final ClusterProcess process;

  private ClusterRun(Path directory, ClusterProcess process) {
    this.directory = directory;
    this.process = process;
  }

  /** Trains, the data set being there. */
  static ClusterRun train(
      Path directory, String master, Map<String, String> properties, String... sets)
      throws IOException {
    SmallRuns.copyDataset(directory);
    return trainUnprepared(directory, master, properties, sets);
  }

  /** Starts a run again where one was before. */
  static ClusterRun again(
      Path directory, String master, Map<String, String> properties, String... sets)
      throws IOException {
    return trainUnprepared(directory, master, properties, sets);
  }

  /** Trains, the data set being missing. */
  static ClusterRun trainUnprepared(
      Path directory, String master, Map<String, String> properties, String... sets)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(SmallRuns.arguments(directory, sets));
    return new ClusterRun(
        directory, ClusterProcess.start(directory, Blockwise.class, master, properties, arguments));
  }

  ClusterProcess process() {
    return process;
  }

  int exitCode() throws InterruptedException {
    return process.exitCode(SECONDS);
  }

  void await(BooleanSupplier condition) throws InterruptedException {
    process.await(condition, SECONDS);
  }

  /** Waits for so many events of a kind. */
  void await(String kind, int count) throws InterruptedException {
    await(() -> events(kind).size() >= count);
  }

  /** The events of a kind so far. */
  List<JsonNode> events(String kind) {
    return events().stream().filter(event -> event.get("event").asText().equals(kind)).toList();
  }

  /** What the run has ended with. */
  JsonNode lastEvent() {
    List<JsonNode> events = events();
    return events.get(events.size() - 1);
  }

  private List<JsonNode> events() {
    Path file = directory.resolve("out/runs/run/events.jsonl");
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      List<JsonNode> events = new ArrayList<>();
      // what is behind the last end of line is still being written
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        events.add(JSON.readTree(line));
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Trains on a data set in which the first to read a shard of a split meets a fault. */
  static ClusterRun trainFaulty(
      Path directory, FaultyFileSystem.Fault fault, String split, String master, String... sets)
      throws IOException {
    String[] all = Arrays.copyOf(sets, sets.length + 1);
    all[sets.length] = "output=faulty:" + directory.resolve("out");
    return train(
        directory, master, FaultyFileSystem.properties(fault, split, marker(directory)), all);
  }

  private static Path marker(Path directory) {
    return directory.resolve("fault");
  }

  /** Waits until a worker meets the fault; returns the number of its process. */
  long awaitFault() throws InterruptedException {
    await(() -> marker().endsWith("\n"));
    return Long.parseLong(marker().strip());
  }

  /** The same, the process being alive. */
  ProcessHandle awaitFaulty() throws InterruptedException {
    return ProcessHandle.of(awaitFault()).orElseThrow();
  }

  private String marker() {
    try {
      return Files.exists(marker(directory)) ? Files.readString(marker(directory)) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers of the processes that have trained in the last epoch. */
  Set<Long> trainers() {
    List<JsonNode> epochs = events("epoch");
    Set<Long> found = new HashSet<>();
    for (JsonNode executor : epochs.get(epochs.size() - 1).get("executors")) {
      if (executor.get("examples").asLong() > 0) {
        found.add(executor.get("pid").asLong());
      }
    }
    return found;
  }

  /** Executors in whose process a worker has been built. */
  List<ProcessHandle> atWork() {
    return process.executors().stream()
        .filter(executor -> hasThread(executor, "blockwise-worke"))
        .toList();
  }

  /** Whether an executor reads rows now: between two epochs' events, to train on them. */
  static boolean reads(ProcessHandle executor) {
    return hasThread(executor, "blockwise-feed");
  }

  // Linux keeps the first 15 characters of a name
  private static boolean hasThread(ProcessHandle executor, String start) {
    Path threads = Path.of("/proc", Long.toString(executor.pid()), "task");
    try (Stream<Path> each = Files.list(threads)) {
      return each.anyMatch(thread -> name(thread).startsWith(start));
    } catch (IOException | UncheckedIOException e) {
      return false; // it has ended
    }
  }

  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException e) {
      return "";
    }
  }

  /** What the program itself has said on standard error, without what libraries log. */
  List<String> messages() {
    return process
        .driverErrors()
        .lines()
        .filter(line -> !line.matches("(WARN|\\d\\d:\\d\\d:\\d\\d (WARN|ERROR)) .*"))
        .toList();
  }

  /** Where a model would have been published. */
  Path models() {
    return directory.resolve("out/models");
  }

  /** Every row of every epoch was trained on or left out by leases that were finished, once. */
  void assertEveryRowOnce(int epochs) {
    assertThat(events("epoch")).hasSize(epochs);
    for (JsonNode epoch : events("epoch")) {
      assertThat(epoch.get("examples").asInt() + epoch.get("rows_left_out").asInt())
          .as(epoch.toString())
          .isEqualTo(ROWS);
      int byExecutor = 0;
      for (JsonNode executor : epoch.get("executors")) {
        byExecutor += executor.get("examples").asInt();
      }
      assertThat(byExecutor).isEqualTo(epoch.get("examples").asInt());
    }
  }

  /** The ledgers know what has become of every push, and a model is there. */
  void assertPublished() {
    JsonNode last = lastEvent();
    assertThat(last.get("event").asText()).isEqualTo("finished");
    JsonNode pushes = last.get("metrics").get("pushes");
    long known = 0;
    for (String fate : List.of("accepted", "dropped", "duplicate", "fenced", "refused")) {
      known += pushes.get(fate).asLong();
    }
    assertThat(pushes.get("accepted").asLong()).isPositive();
    assertThat(pushes.get("received").asLong()).isEqualTo(known);
    assertThat(models().resolve("small/LATEST")).hasContent("run");
  }

  @Override
  public void close() {
    process.close();
  }
}
