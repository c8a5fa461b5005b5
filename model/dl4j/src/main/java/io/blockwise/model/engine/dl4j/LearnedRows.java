package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import java.util.Arrays;
import java.util.BitSet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A table of which a step learns the rows that its batch reads. ND4J differentiates its {@code
 * gather} by a loop over lists, which no tape runs (docs/adr/0012-samediff-in-the-dl4j-engine.md);
 * what that comes to is the sum of the gradients at each row's tokens. It is taken on the host,
 * since {@code unsorted_segment_sum} takes longer and never gives memory back. Used by one thread.
 */
final class LearnedRows implements AutoCloseable {
  /** Its row has no gradient, and so does not change. */
  private static final int PADDING = 0;

  private final INDArray table;
  private final LazyAdam adam;
  private final Memory memory;
  private final BitSet changed = new BitSet();
  private int[] ids = {};
  private INDArray gradient;

  /**
   * @param table {@code [rows, width]}
   */
  LearnedRows(INDArray table, LazyAdam adam, Memory memory) {
    this.table = table;
    this.adam = adam;
    this.memory = memory;
  }

  /**
   * Takes the gradient by what the batch has read.
   *
   * @param dy {@code [rows of the batch * positions, width]}
   */
  void backward(INDArray dy, Texts texts) {
    ids = texts.distinct();
    int width = Math.toIntExact(table.size(1));
    float[] all = new float[Math.toIntExact(dy.length())];
    float[] sums = new float[ids.length * width];
    Maths.read(dy, all, 0);
    int[] tokens = texts.ids();
    for (int token = 0; token < tokens.length; token++) {
      int row = Arrays.binarySearch(ids, tokens[token]) * width;
      for (int i = 0; i < width; i++) {
        sums[row + i] += all[token * width + i];
      }
    }
    gradient = memory.take("table.gradient", ids.length, width);
    Maths.write(sums, 0, gradient);
  }

  /** By the rows that the last batch has read; the receiver may scale it. */
  INDArray gradient() {
    return gradient;
  }

  /** One step down the gradient. */
  void step(Pace pace) {
    adam.step(table, ids, gradient, pace);
    Arrays.stream(ids).filter(id -> id != PADDING).forEach(changed::set);
  }

  /** As {@link io.blockwise.model.engine.Block#takeChangedRows}. */
  int[] takeChanged() {
    int[] rows = changed.stream().toArray();
    changed.clear();
    return rows;
  }

  /** Its optimiser, which has a state. */
  LazyAdam optimiser() {
    return adam;
  }

  @Override
  public void close() {
    adam.close();
  }
}
