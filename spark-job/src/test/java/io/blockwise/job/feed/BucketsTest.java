package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.SplitMix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BucketsTest {
  private static final int ROWS = 1003;
  private static final int BATCH = 10;
  private static final int[] LENGTHS =
      new SplittableRandom(1).ints(ROWS, 1, 101).map(n -> n * n / 100 + 1).toArray();

  @Test
  void rowsOfABatchAreOfAboutOneLength() {
    assertThat(padded(arranged(50))).isLessThan(padded(arranged(1)) / 5);
  }

  @Test
  void everyRowIsInTheOrderOnce() {
    assertThat(Arrays.stream(arranged(50)).sorted().toArray()).isEqualTo(arranged(1));
  }

  @Test
  void rowsThatFillNoBatchStayAtTheEnd() {
    assertThat(Arrays.copyOfRange(arranged(50), 1000, ROWS)).containsExactly(1000, 1001, 1002);
  }

  @Test
  void shortTextsDoNotComeFirst() {
    int[] order = arranged(50);
    int half = ROWS / 2;
    double first = Arrays.stream(order, 0, half).map(row -> LENGTHS[row]).average().orElseThrow();
    double second =
        Arrays.stream(order, half, 1000).map(row -> LENGTHS[row]).average().orElseThrow();
    assertThat(first / second).isBetween(0.7, 1.4);
  }

  @Test
  void rowsThatCompleteABatchOfOthersStayAtTheBeginning() {
    int[] order = ascending();
    new Buckets(BATCH, 50).arrange(order, 3, row -> LENGTHS[row], new SplitMix(7));
    assertThat(Arrays.copyOf(order, 3)).containsExactly(0, 1, 2);
    assertThat(padded(Arrays.copyOfRange(order, 3, ROWS))).isLessThan(padded(arranged(1)) / 5);
    assertThat(Arrays.stream(order).sorted().toArray()).isEqualTo(ascending());
  }

  @Test
  void orderIsThatOfTheSeed() {
    assertThat(arranged(50)).isEqualTo(arranged(50));
  }

  @Test
  void rowsOfOneLengthStayAsTheyAre() {
    int[] order = ascending();
    SplitMix random = new SplitMix(7);
    new Buckets(BATCH, 50).arrange(order, 0, row -> 1, random);
    assertThat(order).isEqualTo(ascending());
    assertThat(random.bits()).isEqualTo(new SplitMix(7).bits());
  }

  private static int[] arranged(int batches) {
    int[] order = ascending();
    new Buckets(BATCH, batches).arrange(order, 0, row -> LENGTHS[row], new SplitMix(7));
    return order;
  }

  private static int[] ascending() {
    int[] order = new int[ROWS];
    Arrays.setAll(order, i -> i);
    return order;
  }

  /** Positions of all full batches that are padding. */
  private static int padded(int[] order) {
    int padded = 0;
    for (int from = 0; from + BATCH <= order.length; from += BATCH) {
      int longest =
          Arrays.stream(order, from, from + BATCH).map(row -> LENGTHS[row]).max().orElseThrow();
      padded += Arrays.stream(order, from, from + BATCH).map(row -> longest - LENGTHS[row]).sum();
    }
    return padded;
  }
}
