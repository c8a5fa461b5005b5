package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mean over so many windows in each direction: a pooling where they lie side by side, and where
 * they overlap the product with the share that every pixel has in every window.
 */
final class AdaptivePool {
  private AdaptivePool() {}

  static Layer of(
      String name, LayerSpec.AdaptiveAveragePool spec, Shape.FeatureMap input, Construction in) {
    Shape.FeatureMap output = spec.output(input);
    return input.height() % output.height() == 0 && input.width() % output.width() == 0
        ? PoolLayer.evenly(name, input, output, in)
        : new GraphLayer(
            name, input, output, in.memory(), (graph, x) -> product(graph, x, input, output));
  }

  private static SDVariable product(
      Graph graph, SDVariable x, Shape.FeatureMap input, Shape.FeatureMap output) {
    int pixels = input.height() * input.width();
    int windows = output.height() * output.width();
    SDVariable shares = graph.operations().constant(shares(input, output));
    SDVariable planes = x.reshape(-1, pixels, input.channels()).permute(0, 2, 1);
    SDVariable means = graph.operations().mmul(planes.reshape(-1, pixels), shares);
    return means
        .reshape(-1, input.channels(), windows)
        .permute(0, 2, 1)
        .reshape(-1, output.height(), output.width(), input.channels());
  }

  /** What of a pixel (row) goes into a window (column). */
  private static INDArray shares(Shape.FeatureMap input, Shape.FeatureMap output) {
    float[][] down = shares(input.height(), output.height());
    float[][] across = shares(input.width(), output.width());
    float[][] shares = new float[input.height() * input.width()][output.height() * output.width()];
    for (int pixel = 0; pixel < shares.length; pixel++) {
      for (int window = 0; window < shares[pixel].length; window++) {
        shares[pixel][window] =
            down[pixel / input.width()][window / output.width()]
                * across[pixel % input.width()][window % output.width()];
      }
    }
    return Nd4j.create(shares);
  }

  private static float[][] shares(int length, int windows) {
    float[][] shares = new float[length][windows];
    for (int window = 0; window < windows; window++) {
      int from = window * length / windows;
      int to = ((window + 1) * length + windows - 1) / windows;
      for (int at = from; at < to; at++) {
        shares[at][window] = 1f / (to - from);
      }
    }
    return shares;
  }
}
