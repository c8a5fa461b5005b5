package io.blockwise.job.features;

import io.blockwise.job.config.FeatureSettings.ReadOut;
import io.blockwise.model.features.FeatureRows;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what stands at one place of a network at a time, so that memory holds that alone. Used by
 * the network's thread.
 */
final class Extraction {
  private final DecoupledNetwork network;
  private final ReadOut readOut;

  Extraction(DecoupledNetwork network, ReadOut readOut) {
    this.network = network;
    this.readOut = readOut;
  }

  /** The places of all blocks: of each its output, and its bridge's if it has one. */
  List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (int k = 1; k <= network.blocks().size(); k++) {
      places.add(new Place(k, false));
      if (network.spec().blocks().get(k - 1).loss().answersByTargets()) {
        places.add(new Place(k, true));
      }
    }
    return places;
  }

  /** Of some rows. */
  FeatureRows of(Place place, FirstRows rows) throws InterruptedException {
    int block = place.block() - 1;
    Border behind = network.spec().borders().get(place.block());
    Shape shape = place.bridge() ? behind.target().orElseThrow() : behind.activation();
    int width = width(shape);
    float[] values = new float[Math.multiplyExact(rows.count(), width)];
    int[] labels = new int[rows.count()];
    rows.each(
        network,
        (batch, at, count) -> {
          float[] there =
              place.bridge() ? network.answer(batch, block) : network.output(batch, block);
          read(there, shape, values, at * width, count);
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
