package io.blockwise.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.HeldWindow;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.feed.WindowedBatches;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.engine.Batch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On 360 images of 3,076 bytes with their labels, in 24 shards of 15; 40 for validation in two. */
@Timeout(120) // what hangs shall fail
class DatasetRowsTest {
  private static final long ROW = 3076;
  private static final Pass PASS = new Pass(1, 1, 0);

  @TempDir Path directory;
  private Dataset dataset;
  private List<Shard> train;
  private List<Shard> validation;

  @BeforeEach
  void open() {
    dataset = Datasets.openOrPrepare(SmallRuns.manyShards(directory), new Configuration());
    train = dataset.manifest().split(Split.TRAIN).shards();
    validation = dataset.manifest().split(Split.VALIDATION).shards();
  }

  @Test
  void whatFitsIsHeldInTheOrderOfBatchesInMemory() throws InterruptedException {
    List<Integer> expected = new ArrayList<>();
    DatasetRows all = images(400 * ROW, 3);
    HeldWindow rows = new HeldWindow(train.stream().map(dataset::read).toList());
    try (BatchSource batches = WindowedBatches.shuffled(rows, transform(), PASS, 16)) {
      expected.addAll(inputs(batches, 1));
    }
    try (BatchSource batches = all.shuffled(train, transform(), PASS, 16)) {
      assertThat(all.claimedBytes()).isEqualTo(360 * ROW);
      assertThat(inputs(batches, 1)).isEqualTo(expected);
    }
    assertThat(all.cachedBytes()).isEqualTo(360 * ROW);
    assertThat(all.claimedBytes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // bytes in rows, users, shards, whether they are streamed
    "400, 9, 24, false",
    "399, 1, 24, false",
    "399, 2, 24, true",
    "399, 2, 14, true",
    "399, 2, 13, false",
    "359, 1, 24, true",
    "100, 1, 6, false",
    "100, 1, 7, true",
  })
  void whetherALeaseStreamsDependsOnSizes(int memory, int users, int shards, boolean streams)
      throws InterruptedException {
    DatasetRows images = images(memory * ROW, users);
    // and not on what is in memory
    for (int time = 0; time < 2; time++) {
      try (BatchSource batches = images.shuffled(train.subList(0, shards), transform(), PASS, 16)) {
        // what is streamed needs room for a part of its rows only
        assertThat(images.claimedBytes() < shards * 15 * ROW).isEqualTo(streams);
        assertThat(inputs(batches, 1)).hasSize(shards * 15 / 16);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"359, 1", "200, 1", "180, 2", "101, 1", "100, 2"})
  void streamedLeaseGivesEveryRowOnceWithinTheMemory(int memory, int threads)
      throws InterruptedException {
    DatasetRows images = images(memory * ROW, 1);
    List<Integer> expected = inputs(images(400 * ROW, 1), train, 1, 1);
    List<Integer> found = inputs(images, train, 1, threads);
    assertThat(found).hasSize(360);
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(found).isNotEqualTo(expected);
    assertThat(inputs(images, train, 1, 3)).isEqualTo(found);
    assertThat(images.claimedBytes()).isZero();
    assertThat(images.cachedBytes()).isLessThanOrEqualTo(memory * ROW);
  }

  @ParameterizedTest
  @CsvSource({"359", "100"})
  void evaluationIsTheSameWhetherItStreamsOrNot(int memory) throws InterruptedException {
    DatasetRows all = images(400 * ROW, 1);
    DatasetRows small = images(memory * ROW, 1);
    for (List<Shard> shards : List.of(train, validation, train.subList(2, 3), List.<Shard>of())) {
      try (BatchSource expected = all.inOrder(shards, transform(), 16);
          BatchSource found = small.inOrder(shards, transform(), 16)) {
        assertThat(inputs(found, 1)).isEqualTo(inputs(expected, 1));
      }
    }
  }

  @Test
  void workersThatStreamAtOnceStayWithinTheMemory() throws Exception {
    long memory = 250 * ROW;
    DatasetRows images = images(memory, 3);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Callable<List<Integer>>> workers = new ArrayList<>();
      for (int worker = 0; worker < 3; worker++) {
        List<Shard> shards = train.subList(5 * worker, 5 * worker + 10);
        workers.add(
            () -> {
              List<Integer> last = List.of();
              for (int lease = 0; lease < 5; lease++) {
                try (BatchSource batches = images.shuffled(shards, transform(), PASS, 16)) {
                  for (int i = 0; i < batches.batches(); i++) {
                    batches.fill(i, batches.allocate());
                    assertThat(images.cachedBytes()).isLessThanOrEqualTo(memory);
                  }
                }
                last = inputs(images, shards, 16, 1);
              }
              return last;
            });
      }
      List<Future<List<Integer>>> results = threads.invokeAll(workers);
      for (int worker = 0; worker < 3; worker++) {
        assertThat(results.get(worker).get())
            .isEqualTo(
                inputs(images(memory, 3), train.subList(5 * worker, 5 * worker + 10), 16, 1));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(images.claimedBytes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"400", "200", "100"})
  void damageEndsTheLeaseAndLeavesNothingPinned(int memory) throws Exception {
    Path file = directory.resolve("out/datasets/many").resolve(train.get(2).file());
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    DatasetRows images = images(memory * ROW, 1);
    assertThatThrownBy(() -> inputs(images, train, 16, 1))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read shard " + train.get(2).file() + ": checksum ");
    assertThat(images.claimedBytes()).isZero();
    assertThatThrownBy(() -> images.shuffled(train, transform(), PASS, 361).close())
        .isInstanceOfAny(IllegalArgumentException.class, UserException.class);
    assertThat(images.claimedBytes()).isZero();
  }

  @Test
  void leaseThatIsLeftEarlyLeavesNothingPinned() throws InterruptedException {
    for (int memory : new int[] {400, 200, 100}) {
      DatasetRows images = images(memory * ROW, 1);
      try (BatchSource batches = images.shuffled(train, transform(), PASS, 16);
          Feed feed = new Feed(batches, 1, batch -> {})) {
        feed.release(feed.take());
      }
      assertThat(images.claimedBytes()).isZero();
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("blockwise-reader"));
    }
  }

  private DatasetRows images(long memory, int users) {
    return new DatasetRows(dataset, memory, users);
  }

  private RowTransform transform() {
    return RowTransform.of(dataset.manifest().schema(), Augmentation.WEAK);
  }

  private List<Integer> inputs(DatasetRows images, List<Shard> shards, int batchSize, int threads)
      throws InterruptedException {
    try (BatchSource batches = images.shuffled(shards, transform(), PASS, batchSize)) {
      return inputs(batches, threads);
    }
  }

  /** A hash of every batch's inputs. */
  private static List<Integer> inputs(BatchSource source, int threads) throws InterruptedException {
    List<Integer> inputs = new ArrayList<>();
    try (Feed feed = new Feed(source, threads, batch -> {})) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        float[] used = Arrays.copyOf(batch.inputs(), batch.rows() * batch.shape().elements());
        inputs.add(Arrays.hashCode(used));
        feed.release(batch);
      }
    }
    return inputs;
  }
}
