package io.blockwise.model.engine;

import java.util.Arrays;
import java.util.List;

/**
 * What flows from one block to the next: the activation (owned by the engine, detached) and the
 * labels and weights of its rows. It also tells the blocks that train on it whether they have to
 * skip the batch, because an earlier block was not finite.
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
   * What each row counts in cross-entropies, as {@link Batch#weight} says; empty if all count the
   * same. Not to be changed.
   */
  float[] weights();

  /**
   * Copies the activation to the host, row-major in the canonical layout {@code [rows, C, H, W]}.
   */
  float[] toArray();

  /**
   * A signal of some of the rows with their labels and weights, copied, so that it outlives this
   * one.
   *
   * @param rows numbers from 0, in the order wanted; a row may be named several times
   * @throws IllegalArgumentException if no row is named, or one that there is not
   */
  Signal select(int[] rows);

  /**
   * A signal of the rows of this one and of others behind them, copied, so that it outlives them.
   * Rows of signals without weights count 1 beside those of others.
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

  /** The weights of some rows; none of none. For implementations. */
  static float[] weights(float[] weights, int[] selected) {
    if (weights.length == 0) {
      return weights;
    }
    float[] theirs = new float[selected.length];
    for (int i = 0; i < theirs.length; i++) {
      theirs[i] = weights[selected[i]];
    }
    return theirs;
  }

  /**
   * The weights of these signals, one behind the other; none if none has any. For implementations.
   */
  static float[] weights(List<? extends Signal> joined) {
    if (joined.stream().allMatch(signal -> signal.weights().length == 0)) {
      return joined.get(0).weights();
    }
    float[] all = new float[joined.stream().mapToInt(Signal::rows).sum()];
    Arrays.fill(all, 1);
    int at = 0;
    for (Signal signal : joined) {
      System.arraycopy(signal.weights(), 0, all, at, signal.weights().length);
      at += signal.rows();
    }
    return all;
  }

  @Override
  void close();
}
