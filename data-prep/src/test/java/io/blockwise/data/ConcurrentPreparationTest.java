package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several prepare the same data set for the first time. */
@Tag("thorough")
class ConcurrentPreparationTest {
  private static final int SECONDS = 120;
  private static final LockTimes FAST =
      new LockTimes(
          Duration.ofMillis(20), Duration.ofMinutes(2), Duration.ofMillis(10), Duration.ofHours(6));

  private final List<Process> processes = new ArrayList<>();

  @TempDir Path folder;
  private Path raw;
  private Path directory;

  @BeforeEach
  void makeRawFiles() throws IOException {
    raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    directory = folder.resolve("data");
  }

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree"})
  void ofSeveralThreadsOneMakesWhatAllUse(String scheme) throws Exception {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newCachedThreadPool();
    SparkSession spark = LocalSpark.start(2);
    RemoteFileSystems.configuration("").forEach(e -> set(spark, e.getKey(), e.getValue()));
    try {
      PrepareOptions options =
          Preparing.options(
              DataKind.CIFAR_10,
              raw,
              new org.apache.hadoop.fs.Path(scheme, null, directory.toString()));
      List<Future<Manifest>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            threads.submit(() -> Preparation.prepare(spark, options, FAST, new Collecting(lines))));
      }
      for (Future<Manifest> one : all) {
        assertThat(one.get()).isEqualTo(all.get(0).get());
      }
    } finally {
      threads.shutdownNow();
      spark.stop();
    }
    assertThat(lines)
        .satisfiesOnlyOnce(
            line -> assertThat(line).startsWith("Preparing cifar-10 in " + raw + ": "));
    assertComplete();
  }

  @Test
  void ofSeveralProcessesOneMakesWhatAllUse() throws Exception {
    Storage storage = new Storage(new Configuration());
    // Held until all are there, so that none comes too late to meet the others.
    DirectoryLock gate =
        DirectoryLock.acquire(storage, Preparing.hadoop(directory), FAST, line -> {});
    for (int i = 0; i < 3; i++) {
      processes.add(PreparingProcess.start(output(i), raw, directory));
    }
    for (int i = 0; i < 3; i++) {
      await(i, "Waiting for process " + ProcessHandle.current().pid() + " on ");
    }
    gate.close();
    long makers = 0;
    for (int i = 0; i < 3; i++) {
      assertThat(exitCode(i)).as(text(i)).isZero();
      assertThat(text(i)).contains("Done");
      makers += text(i).contains("Writing shards") ? 1 : 0;
    }
    assertThat(makers).isEqualTo(1);
    assertComplete();
  }

  @Test
  void processTakesOverFromOneThatWasKilled() throws Exception {
    processes.add(PreparingProcess.start(output(0), raw, directory, "stop"));
    await(0, "Preparing ");
    processes.add(PreparingProcess.start(output(1), raw, directory));
    await(1, "Waiting for process " + processes.get(0).pid() + " on ");
    processes.get(0).destroyForcibly();
    assertThat(exitCode(1)).as(text(1)).isZero();
    assertThat(text(1))
        .contains(" over from process " + processes.get(0).pid(), ", which has ended", "Done");
    assertComplete();
  }

  private static void set(SparkSession spark, String key, String value) {
    spark.sparkContext().hadoopConfiguration().set(key, value);
  }

  private void assertComplete() throws IOException {
    Dataset dataset = Dataset.open(new Configuration(), Preparing.hadoop(directory));
    long rows = 0;
    for (Split split : Split.values()) {
      for (Shard shard : dataset.manifest().split(split).shards()) {
        rows += dataset.read(shard).count();
      }
    }
    assertThat(rows).isEqualTo(110);
    try (Stream<Path> found = Files.list(folder)) {
      assertThat(found.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.contains("lock"))
          .isEmpty();
    }
  }

  private Path output(int number) {
    return folder.resolve("output-" + number);
  }

  private String text(int number) throws IOException {
    return Files.readString(output(number));
  }

  /** Waits for what another process prints; there is nobody to be notified by. */
  private void await(int number, String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!text(number).contains(text)) {
      if (processes.get(number).waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        fail("did not get as far as '%s': %s", text, text(number));
      }
    }
  }

  private int exitCode(int number) throws IOException, InterruptedException {
    if (!processes.get(number).waitFor(SECONDS, TimeUnit.SECONDS)) {
      fail("still runs after %d s: %s", SECONDS, text(number));
    }
    return processes.get(number).exitValue();
  }

  /** Keeps what begins. */
  private record Collecting(Queue<String> lines) implements Progress {
    @Override
    public void began(String what) {
      lines.add(what);
    }

    @Override
    public void advanced(Step step, long done) {}
  }
}
