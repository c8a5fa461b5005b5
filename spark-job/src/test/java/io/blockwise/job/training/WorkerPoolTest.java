package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.Images;
import io.blockwise.model.averaging.InProcessExchange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // what hangs shall fail
class WorkerPoolTest {
  @TempDir Path directory;
  private Supplier<Worker> builder;

  @BeforeEach
  void plan() {
    Settings settings = SmallRuns.settings(directory, "backbone=mlp", "mlp.hidden=[4]");
    Dataset dataset = Datasets.openOrPrepare(settings, new Configuration());
    Images images = new Images(dataset, Long.MAX_VALUE);
    WorkerPlan plan =
        Plans.of(
            settings,
            settings.network(images.shape(), 10),
            images,
            dataset.manifest().split(Split.TRAIN).shards());
    builder = () -> new Worker(plan, new InProcessExchange(List.of()));
  }

  @Test
  void resultsComeInTheOrderOfTheWorkersEachFromItsOwnThread() throws InterruptedException {
    CountDownLatch last = new CountDownLatch(1);
    try (WorkerPool pool = new WorkerPool(2, builder)) {
      List<String> names =
          pool.each(
              (worker, number) -> {
                if (number == 0) {
                  last.await();
                }
                last.countDown();
                return number + " " + Thread.currentThread().getName();
              },
              () -> {});
      assertThat(names).containsExactly("0 blockwise-worker-1", "1 blockwise-worker-2");
    }
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void failureOfOneStopsTheOthersThatWaitForIt() throws InterruptedException {
    Queue<Integer> stopped = new ConcurrentLinkedQueue<>();
    try (WorkerPool pool = new WorkerPool(3, builder)) {
      assertThatThrownBy(
              () ->
                  pool.each(
                      (worker, number) -> {
                        if (number == 1) {
                          throw new IllegalArgumentException("the second one fails");
                        }
                        return untilInterrupted(number, stopped);
                      },
                      () -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the second one fails");
    }
    assertThat(stopped).containsExactlyInAnyOrder(0, 2);
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void interruptionOfTheDriverStopsAllWorkers() throws InterruptedException {
    Queue<Integer> stopped = new ConcurrentLinkedQueue<>();
    CountDownLatch begun = new CountDownLatch(2);
    Thread driver = Thread.currentThread();
    try (WorkerPool pool = new WorkerPool(2, builder)) {
      assertThatThrownBy(
              () ->
                  pool.each(
                      (worker, number) -> {
                        begun.countDown();
                        if (number == 0) {
                          begun.await();
                          driver.interrupt();
                        }
                        return untilInterrupted(number, stopped);
                      },
                      () -> {}))
          .isInstanceOf(InterruptedException.class);
    }
    assertThat(stopped).containsExactlyInAnyOrder(0, 1);
    assertThat(workerThreads()).isEmpty();
  }

  @Test
  void workerThatCannotBeBuiltEndsThoseThatWere() throws InterruptedException {
    AtomicInteger built = new AtomicInteger();
    assertThatThrownBy(
            () ->
                new WorkerPool(
                    3,
                    () -> {
                      if (built.incrementAndGet() == 2) {
                        throw new IllegalStateException("no memory for it");
                      }
                      return builder.get();
                    }))
        .hasMessage("no memory for it");
    assertThat(built).hasValue(2);
    assertThat(workerThreads()).isEmpty();
  }

  private static int untilInterrupted(int number, Queue<Integer> stopped)
      throws InterruptedException {
    try {
      new CountDownLatch(1).await();
      return number;
    } finally {
      stopped.add(number);
    }
  }

  /** Names of the workers' threads that are left, once those that were ending have ended. */
  private static List<String> workerThreads() throws InterruptedException {
    List<String> left = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("blockwise-worker-")) {
        // a pool has ended a moment before its threads have
        thread.join(5000);
        if (thread.isAlive()) {
          left.add(thread.getName());
        }
      }
    }
    return left;
  }
}
