package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolution; weights OIHW, as PyTorch keeps them (libnd4j's weight format 1). */
final class ConvolutionLayer implements Layer {
  private static final long NHWC = 1;
  private static final long OIHW = 1;

  private final String name;
  private final Shape output;
  private final Memory memory;
  private final Parameters.Tensor weight;
  private final Parameters.Tensor bias;
  private final NativeOp forward;
  private final NativeOp backward;
  private INDArray input;

  ConvolutionLayer(String name, LayerSpec.Convolution spec, Shape in, Construction construction) {
    this.name = name;
    this.output = spec.output(in);
    this.memory = construction.memory();
    weight = construction.parameter(name + ".weight");
    bias = spec.bias() ? construction.parameter(name + ".bias") : null;
    long k = spec.kernel();
    long s = spec.stride();
    long p = spec.padding();
    long[] arguments = {k, k, s, s, p, p, 1, 1, 0, NHWC, OIHW};
    forward = new NativeOp("conv2d", arguments);
    backward = new NativeOp("conv2d_bp", arguments);
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public INDArray train(INDArray x) {
    input = x;
    return infer(x);
  }

  @Override
  public INDArray infer(INDArray x) {
    INDArray y = memory.take(name, NativeSignal.sizes(x.size(0), output));
    forward.run(bias == null ? in(x, weight.value()) : in(x, weight.value(), bias.value()), y);
    return y;
  }

  @Override
  public INDArray backward(INDArray dy) {
    INDArray dx = memory.gradient(dy, input.shape());
    if (bias == null) {
      backward.run(in(input, weight.value(), dy), dx, weight.gradient());
    } else {
      backward.run(
          in(input, weight.value(), bias.value(), dy), dx, weight.gradient(), bias.gradient());
    }
    return dx;
  }
}
