package io.blockwise.model.engine;

import java.util.Arrays;
import java.util.List;

/**
 * What flows from one block to the next: the activation (owned by the engine, detached) and the
 * labels of its rows. It also tells the blocks that train on it whether they have to skip the
 * batch, because an earlier block was not finite.
 *
 * <p>A signal belongs to whoever received it, who closes it once no block needs to read it any
 * more; the engine then reuses its memory. Closing twice does nothing. Handed from thread to
 * thread, used by one at a time.
 */
public interface Signal extends AutoCloseable {
  /** Rows of the activation: examples times views. */
  int rows();

  /** Labels, one per row; not to be changed. */
  int[] labels();

  /**
   * Copies the activation to the host, row-major in the canonical layout {@code [rows, C, H, W]}.
   */
  float[] toArray();

  /**
   * A signal of some of the rows with their labels, copied, so that it outlives this one.
   *
   * @param rows numbers from 0, in the order wanted; a row may be named several times
   * @throws IllegalArgumentException if no row is named, or one that there is not
   */
  Signal select(int[] rows);

  /**
   * A signal of the rows of this one and of others behind them, copied, so that it outlives them.
   *
   * @param others of the same block in inference mode, in the order wanted
   */
  Signal joined(List<Signal> others);

  /**
   * This signal as that of another batch of the same rows: what is left to chance behind it is left
   * to that batch's.
   *
   * @param chance of the batch
   * @return belongs to the caller in place of this one
   */
  Signal onBatch(long chance);

  /** Refuses what {@link #select} cannot select from so many rows. For implementations. */
  static void requireRows(int[] selected, int rows) {
    if (selected.length == 0) {
      throw new IllegalArgumentException("Cannot select rows: none is named (name at least one)");
    }
    for (int row : selected) {
      if (row < 0 || row >= rows) {
        throw new IllegalArgumentException(
            "Cannot select row " + row + ": there are " + rows + " (name rows from 0 on)");
      }
    }
  }

  /** The labels of some rows. For implementations. */
  static int[] labels(int[] labels, int[] selected) {
    return Arrays.stream(selected).map(row -> labels[row]).toArray();
  }

  /** The labels of these signals, one behind the other. For implementations. */
  static int[] labels(List<? extends Signal> joined) {
    return joined.stream().flatMapToInt(signal -> Arrays.stream(signal.labels())).toArray();
  }

  @Override
  void close();
}
