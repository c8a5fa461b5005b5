package io.blockwise.job.features;

import io.blockwise.job.config.FeatureSettings.ReadOut;
import io.blockwise.model.features.FeatureRows;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;

/**
 * Reads the outputs of one block at a time, so that memory holds those of one only. Used by the
 * network's thread.
 */
final class Extraction {
  private final DecoupledNetwork network;
  private final ReadOut readOut;

  Extraction(DecoupledNetwork network, ReadOut readOut) {
    this.network = network;
    this.readOut = readOut;
  }

  /**
   * Of some rows.
   *
   * @param block index from 0
   */
  FeatureRows of(int block, FirstRows rows) throws InterruptedException {
    Shape shape = network.spec().borders().get(block + 1).activation();
    int width = width(shape);
    float[] values = new float[Math.multiplyExact(rows.count(), width)];
    int[] labels = new int[rows.count()];
    rows.each(
        network,
        (batch, at, count) -> {
          read(network.output(batch, block), shape, values, at * width, count);
          System.arraycopy(batch.labels(), 0, labels, at, count);
        });
    return new FeatureRows(values, width, labels, network.spec().classes());
  }

  private int width(Shape shape) {
    return shape.elements() / positions(shape);
  }

  /** Of which the mean is taken: 1 where all values are wanted. */
  private int positions(Shape shape) {
    return readOut == ReadOut.POOLED && shape instanceof Shape.FeatureMap map
        ? map.height() * map.width()
        : 1;
  }

  private void read(float[] outputs, Shape shape, float[] into, int from, int count) {
    int positions = positions(shape);
    for (int i = 0; i < count * width(shape); i++) {
      double sum = 0;
      for (int j = 0; j < positions; j++) {
        sum += outputs[i * positions + j];
      }
      into[from + i] = (float) (sum / positions);
    }
  }
}
