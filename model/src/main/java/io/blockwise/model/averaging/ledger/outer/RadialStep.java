package io.blockwise.model.averaging.ledger.outer;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.engine.TensorTable;

/**
 * Radial-directional averaging (design §5; Decoupled DiLoCo, arXiv 2604.21428): every tensor moves
 * in the direction of the mean change, by the mean length of the changes. Changes that point in
 * different directions have a mean shorter than they are; of {@code K} orthogonal ones it is {@code
 * sqrt(K)} times shorter, and more is never made good. Immutable.
 */
record RadialStep(TensorTable tensors) implements OuterStep {
  @Override
  public Moved moved(FloatVector from, FloatVector momentum, WeightedChanges changes) {
    float[] moved = new float[from.length()];
    for (TensorTable.Entry tensor : tensors.entries()) {
      move(tensor, from.shared(), changes, moved);
    }
    return new Moved(FloatVector.owning(moved), momentum);
  }

  private static void move(
      TensorTable.Entry tensor, float[] g, WeightedChanges changes, float[] moved) {
    int first = tensor.offset();
    double[] mean = new double[tensor.length()];
    double squares = 0;
    for (int i = 0; i < mean.length; i++) {
      mean[i] = changes.mean(first + i);
      squares += mean[i] * mean[i];
    }
    double scale =
        scale(changes.meanLength(first, mean.length), Math.sqrt(squares), changes.count());
    for (int i = 0; i < mean.length; i++) {
      moved[first + i] = (float) (g[first + i] + scale * mean[i]);
    }
  }

  private static double scale(double meanLength, double lengthOfMean, int count) {
    // changes that cancel out point nowhere, however long they are
    return lengthOfMean == 0
        ? 1
        : Math.min(Math.max(meanLength / lengthOfMean, 1), Math.sqrt(count));
  }
}
