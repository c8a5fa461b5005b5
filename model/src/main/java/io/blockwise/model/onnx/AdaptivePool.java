package io.blockwise.model.onnx;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;

/**
 * A mean over windows that cover a map evenly. ONNX has no operator for windows that overlap or
 * differ in size: where the number of windows does not divide the map, columns and rows are each
 * multiplied by a matrix of shares.
 */
final class AdaptivePool {
  private AdaptivePool() {}

  static Value of(LayerSpec.AdaptiveAveragePool pool, Site at) {
    Shape.FeatureMap map = at.shape().requireMap("adaptive-average-pool");
    Shape.FeatureMap output = pool.output(map);
    if (map.height() % output.height() == 0 && map.width() % output.width() == 0) {
      List<Long> kernel =
          List.of((long) map.height() / output.height(), (long) map.width() / output.width());
      return at.apply(
          "AveragePool",
          Attribute.numbers("kernel_shape", kernel),
          Attribute.numbers("strides", kernel));
    }
    String rows =
        at.graph()
            .tensor(
                at.at() + ".rows",
                List.of(output.height(), map.height()),
                shares(output.height(), map.height()));
    String columns =
        at.graph()
            .tensor(
                at.at() + ".columns",
                List.of(output.width(), map.width()),
                shares(output.width(), map.width()));
    String turned = at.add("Transpose", List.of(columns));
    String narrow = at.add("MatMul", List.of(at.x().name(), turned));
    return at.x().with(at.add("MatMul", List.of(rows, narrow)));
  }

  /** Row-major {@code [windows, length]}: which share of a window's mean each value has. */
  private static float[] shares(int windows, int length) {
    float[] shares = new float[windows * length];
    for (int i = 0; i < windows; i++) {
      int from = i * length / windows;
      int to = -Math.floorDiv(-(i + 1) * length, windows);
      for (int j = from; j < to; j++) {
        shares[i * length + j] = 1f / (to - from);
      }
    }
    return shares;
  }
}
