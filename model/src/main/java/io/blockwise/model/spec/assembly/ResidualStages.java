package io.blockwise.model.spec.assembly;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Relu;
import io.blockwise.model.spec.LayerSpec.Residual;
import java.util.ArrayList;
import java.util.List;

/**
 * What residual networks are made of: a stem and stages of units, {@code activation(body(x) +
 * shortcut(x))} with two 3x3 convolutions in the body. Immutable.
 *
 * @param shortcut of a unit with a stride; any other has none
 * @param activation within and behind units
 */
record ResidualStages(Backbone.Shortcut shortcut, LayerSpec activation) {
  /** {@code w | n units of w | n of 2w/s2 | n of 4w/s2}. */
  static List<List<LayerSpec>> ofThree(int units, int width) {
    ResidualStages stages = new ResidualStages(Backbone.Shortcut.CONV1X1, new Relu());
    return List.of(
        stages.stem(width),
        stages.stage(units, width, 1),
        stages.stage(units, 2 * width, 2),
        stages.stage(units, 4 * width, 2));
  }

  /** A plain convolution. */
  List<LayerSpec> stem(int filters) {
    return List.of(convolution(filters, 1), new BatchNorm(), activation);
  }

  /** Units of as many filters, the first of which takes the stride. */
  List<LayerSpec> stage(int units, int filters, int stride) {
    List<LayerSpec> layers = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      layers.add(unit(filters, i == 0 ? stride : 1));
      layers.add(activation);
    }
    return List.copyOf(layers);
  }

  private LayerSpec unit(int filters, int stride) {
    return new Residual(
        List.of(
            convolution(filters, stride),
            new BatchNorm(),
            activation,
            convolution(filters, 1),
            new BatchNorm()),
        stride == 1 ? List.of() : shortcut.layers(filters, stride));
  }

  private static LayerSpec convolution(int filters, int stride) {
    return new Convolution(filters, 3, stride, 1, false);
  }
}
