package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Names;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.FaultyFileSystem;
import io.blockwise.job.FaultyFileSystem.Fault;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.spec.Execution;
import io.blockwise.testing.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60) // what hangs shall fail
class LocalWorkersTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void everyLeaseIsReportedOnceByWhoeverHadIt() throws Exception {
    SmallRuns.Parts parts = parts("workers=2", "averaging.period=3");
    try (LocalWorkers workers = workers(parts, 2)) {
      assertThat(workers.available()).isEqualTo(2);
      workers.start(lease(0, parts.shards().subList(0, 2)));
      workers.start(lease(1, parts.shards().subList(2, 4)));
      List<LeaseEnd> ends = new ArrayList<>();
      while (ends.size() < 2) {
        ends.addAll(workers.poll(LONG));
      }
      assertThat(ends).extracting(end -> end.lease().worker()).containsExactlyInAnyOrder(0, 1);
      for (LeaseEnd end : ends) {
        LeaseEnd.Done done = (LeaseEnd.Done) end;
        assertThat(done.report().examples()).isEqualTo(176);
        assertThat(done.place().pid()).isEqualTo(ProcessHandle.current().pid());
      }
      assertThat(workers.poll(Duration.ZERO)).isEmpty();
    }
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void failureOfAWorkerComesOutAndTheOthersAreStopped() throws Exception {
    SmallRuns.Parts parts = parts("workers=2", "averaging.rule=quorum", "averaging.period=1");
    try (LocalWorkers workers = workers(parts, 2)) {
      parts.ledgers().forEach(ledger -> ledger.announce(0));
      parts.ledgers().forEach(ledger -> ledger.announce(1));
      workers.start(lease(0, parts.shards().subList(0, 2))); // waits for the other one
      Shard missing = new Shard("train/shard-00009.parquet", 0, 90, 10, "00");
      workers.start(lease(1, List.of(missing)));
      assertThatThrownBy(() -> workers.poll(LONG)).hasMessageContaining("shard-00009");
    }
    assertThat(workerThreads()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void interruptionOfTheDriverStopsAllWorkers(Execution execution) throws Exception {
    SmallRuns.Parts parts =
        parts(
            "workers=2",
            "averaging.rule=quorum",
            "averaging.period=1",
            "threads=3",
            "training.execution=" + Names.of(execution));
    try (LocalWorkers workers = workers(parts, 2)) {
      parts.ledgers().forEach(ledger -> ledger.announce(0));
      parts.ledgers().forEach(ledger -> ledger.announce(1));
      workers.start(lease(0, parts.shards().subList(0, 2))); // waits for the other one
      Background<List<LeaseEnd>> driver = Background.startAndAwaitWaiting(() -> workers.poll(LONG));
      driver.interrupt();
      assertThat(driver.failure()).isInstanceOf(InterruptedException.class);
    }
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void workerThatHangsInAReadEndsTheRun() throws Exception {
    SmallRuns.Parts parts = faultyParts(Fault.HANG, "train");
    try (LocalWorkers workers = workers(parts, 1, Duration.ofMillis(500))) {
      workers.start(lease(0, parts.shards()));
      assertThatThrownBy(() -> workers.poll(LONG))
          .isInstanceOf(RunFailedException.class)
          .hasMessage(
              "Cannot go on: worker 1 has got nothing done for 500ms (look at the storage that"
                  + " holds the data set, or raise lease.stall-timeout if a step takes so long)");
      FaultyFileSystem.release();
    }
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void evaluationThatHangsInAReadEndsTheRun() throws Exception {
    SmallRuns.Parts parts = faultyParts(Fault.HANG, "validation");
    List<Shard> validation = parts.dataset().manifest().split(Split.VALIDATION).shards();
    List<BlockState> snapshot = parts.ledgers().stream().map(BlockLedger::state).toList();
    try (LocalWorkers workers = workers(parts, 1, Duration.ofMillis(500))) {
      assertThatThrownBy(
              () ->
                  workers.evaluate(
                      snapshot, new Census<>(validation, new Answers(3, 2)), reason -> {}))
          .isInstanceOf(RunFailedException.class)
          .hasMessageContaining("worker 1 has got nothing done for 500ms");
      FaultyFileSystem.release();
    }
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void lostDeviceEndsTheRunInALine() throws Exception {
    SmallRuns.Parts parts = faultyParts(Fault.DEVICE_LOST, "train");
    try (LocalWorkers workers = workers(parts, 1)) {
      workers.start(lease(0, parts.shards()));
      assertThatThrownBy(() -> workers.poll(LONG))
          .isInstanceOf(RunFailedException.class)
          .hasMessage("Cannot go on: GPU 0 has failed: ... (look at the device, and start again)");
    }
  }

  private SmallRuns.Parts faultyParts(Fault fault, String split) {
    return SmallRuns.parts(
        SmallRuns.settings(directory, "output=faulty:" + directory.resolve("out")),
        FaultyFileSystem.configuration(fault, split, directory.resolve("fault")));
  }

  private SmallRuns.Parts parts(String... sets) {
    return SmallRuns.parts(SmallRuns.settings(directory, sets));
  }

  private static LocalWorkers workers(SmallRuns.Parts parts, int count)
      throws InterruptedException {
    return workers(parts, count, LONG);
  }

  private static LocalWorkers workers(SmallRuns.Parts parts, int count, Duration stallTimeout)
      throws InterruptedException {
    return new LocalWorkers(
        count,
        parts.plan(),
        parts.images(),
        new InProcessExchange(parts.ledgers()),
        new LiveFigures(3),
        stallTimeout);
  }

  private static Lease lease(int worker, List<Shard> shards) {
    return new Lease(
        new LeaseAttempt("run", worker, 1, 0), Lease.NONE, 1, TrainedBlocks.all(3), shards);
  }

  /** Names of the workers' threads that are left, once those that were ending have ended. */
  private static List<String> workerThreads() throws InterruptedException {
    List<String> left = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("blockwise-worker-")) {
        thread.join(5000);
        if (thread.isAlive()) {
          left.add(thread.getName());
        }
      }
    }
    return left;
  }
}
