package io.blockwise.model.onnx;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;

/** Layers of maps and vectors. */
final class MapOperators {
  private static final Attribute FROM_CHANNELS = Attribute.number("axis", 1);

  private MapOperators() {}

  static Value convolution(LayerSpec.Convolution spec, Site at) {
    long padding = spec.padding();
    List<String> inputs = new ArrayList<>(List.of(at.x().name(), at.tensor("weight")));
    if (spec.bias()) {
      inputs.add(at.tensor("bias"));
    }
    return at.x()
        .with(
            at.add(
                "Conv",
                inputs,
                Attribute.square("kernel_shape", spec.kernel()),
                Attribute.square("strides", spec.stride()),
                Attribute.numbers("pads", List.of(padding, padding, padding, padding))));
  }

  static Value batchNorm(Site at) {
    List<String> inputs =
        List.of(
            at.x().name(),
            at.tensor("weight"),
            at.tensor("bias"),
            at.tensor("running_mean"),
            at.tensor("running_var"));
    Attribute epsilon = Attribute.real("epsilon", LayerSpec.BatchNorm.EPSILON);
    return at.x().with(at.add("BatchNormalization", inputs, epsilon));
  }

  /** Over windows that fit, without padding. */
  static Value pool(String operator, int kernel, int stride, Site at) {
    return at.apply(
        operator, Attribute.square("kernel_shape", kernel), Attribute.square("strides", stride));
  }

  static Value globalPool(Site at) {
    String pooled = at.add("GlobalAveragePool", List.of(at.x().name()));
    return at.x().with(at.add("Flatten", List.of(pooled), FROM_CHANNELS));
  }

  static Value flatten(Site at) {
    return at.shape() instanceof Shape.Vector ? at.x() : at.apply("Flatten", FROM_CHANNELS);
  }

  static Value dense(LayerSpec.Dense spec, Site at) {
    if (at.shape() instanceof Shape.Sequence) {
      return at.x().with(TextOperators.dense("weight", spec.bias() ? "bias" : "", at.x(), at));
    }
    List<String> inputs = new ArrayList<>(List.of(at.x().name(), at.tensor("weight")));
    if (spec.bias()) {
      inputs.add(at.tensor("bias"));
    }
    return at.x().with(at.add("Gemm", inputs, Attribute.number("transB", 1)));
  }
}
