package io.blockwise.job.feed;

import static io.blockwise.job.feed.SampleImages.images;
import static io.blockwise.job.feed.SampleImages.rows;
import static io.blockwise.job.feed.SampleImages.shard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.dataset.Rows;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.engine.Batch;
import io.blockwise.testing.RandomSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows that are in memory together. */
class OneWindowTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final long ONE = SEED.of(1);
  private static final long OTHER = SEED.of(2);
  private static final Pass PASS = new Pass(ONE, 1, 0);

  private final List<Rows> shards = List.of(shard(0, 30), shard(30, 0), shard(30, 41));
  private final RowTransform weak = SampleImages.transform(Augmentation.WEAK);

  @Test
  void everyRowComesOncePerEpoch() throws InterruptedException {
    for (int epoch = 1; epoch <= 3; epoch++) {
      assertThat(rows(shuffled(shards, weak, new Pass(ONE, epoch, 0), 1)))
          .containsExactlyInAnyOrderElementsOf(upTo(71));
    }
  }

  @Test
  void incompleteLastBatchIsDroppedAndCounted() throws InterruptedException {
    BatchSource batches = shuffled(shards, weak, PASS, 16);
    assertThat(batches.batches()).isEqualTo(4);
    assertThat(batches.dropped()).isEqualTo(7);
    assertThat(rows(batches)).hasSize(64).doesNotHaveDuplicates();
    assertThat(shuffled(shards, weak, PASS, 71).dropped()).isZero();
  }

  @Test
  void evaluationKeepsTheOrderAndTheIncompleteBatch() throws InterruptedException {
    BatchSource batches = inOrder(shards, weak, 16);
    assertThat(batches.batches()).isEqualTo(5);
    assertThat(batches.dropped()).isZero();
    assertThat(rows(batches)).isEqualTo(upTo(71));
    BatchSource again = inOrder(shards, weak, 16);
    Batch batch = again.allocate();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < again.batches(); i++) {
      again.fill(i, batch);
      sizes.add(batch.rows());
    }
    assertThat(sizes).containsExactly(16, 16, 16, 16, 7);
    assertThat(inOrder(List.of(), weak, 16).batches()).isZero();
  }

  @Test
  void evaluationIsNeverAugmented() throws InterruptedException {
    Map<Integer, float[]> found = images(inOrder(shards, weak, 9), 1, new ArrayList<>());
    RowTransform none = SampleImages.transform(Augmentation.NONE);
    Map<Integer, float[]> plain = images(shuffled(shards, none, PASS, 1), 1, new ArrayList<>());
    assertSame(found, plain);
  }

  @Test
  void orderFollowsSeedEpochAndLeaseOnly() throws InterruptedException {
    List<Integer> order = rows(shuffled(shards, weak, PASS, 1));
    assertThat(rows(shuffled(shards, weak, PASS, 1))).isEqualTo(order);
    assertThat(order).isNotEqualTo(upTo(71));
    for (Pass other : List.of(new Pass(OTHER, 1, 0), new Pass(ONE, 2, 0), new Pass(ONE, 1, 30))) {
      assertThat(rows(shuffled(shards, weak, other, 1))).isNotEqualTo(order);
    }
  }

  @Test
  void shuffleMixesRowsAcrossShards() throws InterruptedException {
    List<Integer> order = rows(shuffled(shards, weak, PASS, 1));
    long ofSecondShard = order.subList(0, 35).stream().filter(row -> row >= 30).count();
    assertThat(ofSecondShard).isBetween(10L, 30L);
  }

  @Test
  void everyOrderIsEquallyLikely() throws InterruptedException {
    int[] counts = new int[27];
    for (int seed = 0; seed < 3000; seed++) {
      Batch batch = weak.allocate(3);
      shuffled(List.of(shard(0, 3)), weak, new Pass(SEED.of(seed), 1, 0), 3).fill(0, batch);
      int[] order = batch.labels();
      counts[9 * order[0] + 3 * order[1] + order[2]]++;
    }
    // Six orders, 500 expected each with a deviation of 20, six of which are allowed.
    assertThat(IntStream.of(counts).filter(count -> count > 0))
        .hasSize(6)
        .allMatch(count -> count > 378 && count < 622);
  }

  @Test
  void augmentedImageIsTheSameInWhateverCompany() throws InterruptedException {
    Map<Integer, float[]> expected = images(shuffled(shards, weak, PASS, 1), 1, new ArrayList<>());
    List<Rows> other = List.of(shard(50, 21), shard(0, 50));
    Pass otherLease = new Pass(ONE, 1, 99);
    Map<Integer, float[]> found =
        images(shuffled(other, weak, otherLease, 7), 3, new ArrayList<>());
    assertThat(found).hasSize(70);
    found.forEach((row, image) -> assertThat(image).isEqualTo(expected.get(row)));
  }

  @Test
  void augmentationChangesWithTheEpochAndTheSeed() throws InterruptedException {
    Map<Integer, float[]> first = images(shuffled(shards, weak, PASS, 1), 1, new ArrayList<>());
    for (Pass other : List.of(new Pass(ONE, 2, 0), new Pass(OTHER, 1, 0))) {
      Map<Integer, float[]> second = images(shuffled(shards, weak, other, 1), 1, new ArrayList<>());
      long same = first.keySet().stream().filter(r -> equal(first.get(r), second.get(r))).count();
      assertThat(same).isLessThan(8);
    }
  }

  @Test
  void severalThreadsGiveTheSameBatchesInTheSameOrder() throws InterruptedException {
    List<Integer> order = new ArrayList<>();
    List<Integer> threaded = new ArrayList<>();
    assertSame(
        images(shuffled(shards, weak, PASS, 5), 4, threaded),
        images(shuffled(shards, weak, PASS, 5), 1, order));
    assertThat(threaded).isEqualTo(order);
  }

  @Test
  void batchLargerThanTheRowsIsRefused() {
    assertThatThrownBy(() -> shuffled(shards, weak, PASS, 72))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot train: a batch of 72 examples is more than the 71 rows that a worker gets"
                + " (lower training.batch-size, or use fewer workers)");
    assertThatThrownBy(() -> shuffled(shards, weak, PASS, 0))
        .hasMessage("Invalid training.batch-size: 0 (must be at least 1)");
  }

  @Test
  void imagesOfAnotherSizeAreRefused() {
    Rows small = SampleImages.rows(0, new int[2], new byte[20]);
    assertThatThrownBy(() -> inOrder(List.of(small), weak, 1))
        .hasMessage(
            "Cannot read images: 2 images have 20 bytes, shape [3, 12, 10] needs 720"
                + " (prepare the data set again)");
  }

  @Test
  void rowsWithoutTheFieldAreRefused() {
    Rows other = new Rows(0, new int[2], Map.of());
    assertThatThrownBy(() -> inOrder(List.of(other), weak, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read field photo of 2 rows from row 0 with fields [] as ImageValues");
  }

  private static BatchSource shuffled(
      List<Rows> shards, RowTransform transform, Pass pass, int batchSize)
      throws InterruptedException {
    return WindowedBatches.shuffled(new HeldWindow(shards), transform, pass, batchSize);
  }

  private static BatchSource inOrder(List<Rows> shards, RowTransform transform, int batchSize)
      throws InterruptedException {
    return WindowedBatches.inOrder(new HeldWindow(shards), transform, batchSize);
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  private static boolean equal(float[] a, float[] b) {
    return Arrays.equals(a, b);
  }

  private static void assertSame(Map<Integer, float[]> found, Map<Integer, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach((row, image) -> assertThat(image).as("row %d", row).isEqualTo(expected.get(row)));
  }
}
