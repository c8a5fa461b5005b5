package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.cluster.FaultProxy;
import io.blockwise.cluster.HdfsCluster;
import io.blockwise.cluster.JobSettings;
import io.blockwise.cluster.S3Server;
import io.blockwise.job.cli.Action;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.Training;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs on storage that fails for a while, or for good. */
@Tag("slow")
@Timeout(240)
@SuppressWarnings("try") // settings hold while they are open
class FaultyStorageTest {
  @TempDir static Path local;
  private static ModelVersion expected;

  @TempDir Path directory;

  @BeforeAll
  static void trainOnLocalFiles() throws Exception {
    try (JobSettings settings = JobSettings.of(Map.of())) {
      SmallRuns.copyDataset(local);
      SmallRuns.train(settings(local, "file:" + local.resolve("out")));
      expected = SmallRuns.published(local);
    }
  }

  /** Every third request is refused, every seventh breaks, and all are slow. */
  @Test
  void runOnS3BearsRefusalsResetsAndSlowness() throws Exception {
    try (S3Server s3 = S3Server.start(directory);
        FaultProxy proxy = FaultProxy.before(s3.address());
        JobSettings settings = JobSettings.of(S3Server.settings(proxy.address()))) {
      copyDataset(S3Server.path("/out"));
      AtomicInteger count = new AtomicInteger();
      proxy.behave(
          exchange -> {
            int number = count.incrementAndGet();
            Thread.sleep(20);
            if (number % 3 == 0) {
              exchange.refuse("503 Slow Down", "SlowDown");
            } else if (number % 7 == 0) {
              exchange.reset();
            } else {
              exchange.pass();
            }
          });
      SmallRuns.train(settings(directory, S3Server.path("/out")));
      System.out.printf("S3 with faults: %d requests%n", count.get());
      proxy.behave(FaultProxy.Exchange::pass);
      requireSameModel(S3Server.path("/out"));
    }
  }

  @Test
  void runOnS3EndsInOneLineWhenRefusalsLast() throws Exception {
    try (S3Server s3 = S3Server.start(directory);
        FaultProxy proxy = FaultProxy.before(s3.address())) {
      Map<String, String> impatient = new HashMap<>(S3Server.settings(proxy.address()));
      impatient.put("fs.s3a.attempts.maximum", "1");
      impatient.put("fs.s3a.retry.throttle.limit", "3");
      try (JobSettings settings = JobSettings.of(impatient)) {
        copyDataset(S3Server.path("/out"));
        Actions actions = new Actions(proxy);
        assertThatThrownBy(
                () ->
                    UserErrors.configured(actions::train)
                        .run(Action.TRAIN, settings(directory, S3Server.path("/out"))))
            .isInstanceOf(RunFailedException.class)
            .hasMessage(
                "Cannot go on: S3 answers 503 SlowDown (Please wait.)"
                    + " (start again when the storage answers)");
      }
    }
  }

  /** Trains, and has every file of the model refused. */
  private record Actions(FaultProxy proxy) {
    void train(Action action, Settings settings) throws Exception {
      proxy.behave(
          exchange -> {
            if (exchange.changes() && exchange.request().contains("/versions/")) {
              exchange.refuse("503 Slow Down", "SlowDown");
            } else {
              exchange.pass();
            }
          });
      Training.run(settings);
    }
  }

  @Test
  void runOnHdfsGoesOnWhenADataNodeIsLost() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 2);
        JobSettings settings = JobSettings.of(hdfs.settings())) {
      copyDataset(hdfs.path("/out"));
      ExecutorService threads = Executors.newSingleThreadExecutor();
      Future<?> run =
          threads.submit(
              () -> {
                Training.run(settings(directory, hdfs.path("/out")));
                return null;
              });
      Storage storage = new Storage(hdfs.configuration());
      org.apache.hadoop.fs.Path events =
          new org.apache.hadoop.fs.Path(hdfs.path("/out/runs/run/events.jsonl"));
      while (!run.isDone() && !storage.exists(events)) {
        Thread.sleep(5);
      }
      hdfs.loseDataNode(0);
      run.get();
      threads.shutdown();
      requireSameModel(hdfs.path("/out"));
    }
  }

  @Test
  void directoryOnS3IsWrittenByOneAtATime() throws Exception {
    try (S3Server s3 = S3Server.start(directory)) {
      requireOneAtATime(S3Server.configuration(s3.address()), S3Server.path("/locked/directory"));
    }
  }

  @Test
  void directoryOnHdfsIsWrittenByOneAtATimeAndFilesOfSeveralWritersDoNotMix() throws Exception {
    try (HdfsCluster hdfs = HdfsCluster.start(directory, 1)) {
      requireOneAtATime(hdfs.configuration(), hdfs.path("/locked/directory"));
      Storage storage = new Storage(hdfs.configuration());
      org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(hdfs.path("/several/file"));
      together(
          i -> {
            for (int k = 0; k < 10; k++) {
              storage.write(file, (i + "x".repeat(5000)).getBytes(StandardCharsets.UTF_8));
            }
          });
      assertThat(new String(storage.bytes(file), StandardCharsets.UTF_8)).matches("\\dx{5000}");
      assertThat(storage.list(file.getParent())).hasSize(1);
    }
  }

  private static void requireOneAtATime(Configuration configuration, String place)
      throws Exception {
    Storage storage = new Storage(configuration);
    LockTimes times =
        new LockTimes(
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofMillis(20),
            Duration.ofMinutes(1));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    together(
        i -> {
          try (DirectoryLock lock =
              DirectoryLock.acquire(
                  storage, new org.apache.hadoop.fs.Path(place), times, notice -> {})) {
            assertThat(inside.incrementAndGet()).isEqualTo(1);
            Thread.sleep(50);
            lock.requireStillHeld();
            inside.decrementAndGet();
            done.incrementAndGet();
          }
        });
    assertThat(done.get()).isEqualTo(4);
    assertThat(storage.list(new org.apache.hadoop.fs.Path(place).getParent())).isEmpty();
  }

  /** What several do at once. */
  private interface Doing {
    void by(int number) throws Exception;
  }

  private static void together(Doing doing) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      all.add(
          threads.submit(
              () -> {
                start.await();
                doing.by(number);
                return null;
              }));
    }
    start.countDown();
    for (Future<?> each : all) {
      each.get();
    }
    threads.shutdown();
  }

  private static Settings settings(Path directory, String output) {
    return SmallRuns.unprepared(directory, "output=" + output, "workers=1");
  }

  private static void copyDataset(String output) throws Exception {
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(output, "datasets/shapes");
    Configuration hadoop = HadoopSettings.current();
    assertThat(
            FileUtil.copy(
                local.resolve("out/datasets/shapes").toFile(),
                target.getFileSystem(hadoop),
                target,
                false,
                hadoop))
        .isTrue();
  }

  private static void requireSameModel(String output) throws Exception {
    ModelVersion version =
        new ModelStore(
                HadoopSettings.current(), new org.apache.hadoop.fs.Path(output, "models/small"))
            .readLatest();
    assertThat(version.blocks()).isEqualTo(expected.blocks());
    assertThat(version.metrics().test().accuracy()).isEqualTo(expected.metrics().test().accuracy());
  }
}
