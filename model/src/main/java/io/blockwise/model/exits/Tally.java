package io.blockwise.model.exits;

import java.io.Serializable;
import java.util.List;

/**
 * What is counted of the answers that a network's exits give to rows. Sums over rows, so that parts
 * of them can be counted in several places and added up. Used by one thread while it is filled.
 *
 * @param <T> the tally itself
 */
public interface Tally<T extends Tally<T>> extends Serializable {
  /**
   * Counts a row.
   *
   * @param scores of every exit, first to last, each row-major {@code [rows, classes]}
   * @param row index of the row in them
   * @param label its class
   */
  void add(List<float[]> scores, int row, int classes, int label);

  /** Both together. */
  T plus(T other);

  /** One like this, of no row. */
  T none();
}
