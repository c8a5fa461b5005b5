package io.blockwise.job.feed;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.SplitMix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntUnaryOperator;

/**
 * Brings rows of about the same length into one batch, so that little of it is padding: of as many
 * shuffled rows as some batches have, those of one length come together, and the batches are mixed
 * again. What is in which batch is decided by the order before and by chance alone. Immutable.
 *
 * @param batchSize rows of a batch
 * @param batches whose rows are sorted together; with 1 the order stays as it is
 */
record Buckets(int batchSize, int batches) {
  Buckets {
    requireAtLeast("training.batch-size", batchSize, 1);
    requireAtLeast("training.bucket", batches, 1);
  }

  /**
   * Changes an order of rows. Rows that do not fill a batch stay at its end, since at the end of a
   * lease they are left out: otherwise it would be the longest that nobody learns from.
   *
   * @param first rows that complete a batch which was begun before; they stay where they are
   * @param length of a row
   */
  void arrange(int[] order, int first, IntUnaryOperator length, SplitMix random) {
    int full = (order.length - first) / batchSize * batchSize;
    if (batches == 1 || full <= batchSize) {
      return;
    }
    int[] lengths = Arrays.stream(order, first, first + full).map(length).toArray();
    if (Arrays.stream(lengths).distinct().limit(2).count() == 1) {
      return; // images
    }
    Integer[] places = new Integer[full];
    Arrays.setAll(places, i -> i);
    int bucket = Math.multiplyExact(batchSize, batches);
    for (int from = 0; from < full; from += bucket) {
      int to = Math.min(full, from + bucket);
      Arrays.sort(places, from, to, Comparator.comparingInt(i -> lengths[i]));
    }
    int[] sorted = Arrays.stream(places).mapToInt(place -> order[first + place]).toArray();
    int[] mixed = shuffled(full / batchSize, random);
    for (int i = 0; i < mixed.length; i++) {
      int to = first + i * batchSize;
      System.arraycopy(sorted, mixed[i] * batchSize, order, to, batchSize);
    }
  }

  private static int[] shuffled(int count, SplitMix random) {
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    for (int i = count - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }
}
