package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maximum or mean over windows without padding. */
final class PoolLayer implements Layer {
  private static final long NHWC = 1;

  private final String name;
  private final Shape output;
  private final Memory memory;
  private final NativeOp forward;
  private final NativeOp backward;
  private INDArray input;

  private PoolLayer(
      String name, String op, Shape output, long[] window, Construction construction) {
    this.name = name;
    this.output = output;
    this.memory = construction.memory();
    long divideByWindow = op.startsWith("avg") ? 1 : 0;
    long[] arguments = {
      window[0], window[1], window[2], window[3], 0, 0, 1, 1, 0, divideByWindow, NHWC
    };
    forward = new NativeOp(op, arguments);
    backward = new NativeOp(op + "_bp", arguments);
  }

  static PoolLayer max(String name, LayerSpec.MaxPool spec, Shape input, Construction in) {
    return new PoolLayer(
        name, "maxpool2d", spec.output(input), window(spec.kernel(), spec.stride()), in);
  }

  static PoolLayer average(String name, LayerSpec.AveragePool spec, Shape input, Construction in) {
    return new PoolLayer(
        name, "avgpool2d", spec.output(input), window(spec.kernel(), spec.stride()), in);
  }

  private static long[] window(int kernel, int stride) {
    return new long[] {kernel, kernel, stride, stride};
  }

  /**
   * Mean over windows that lie side by side and cover a map.
   *
   * @param output in whose height and width those of the map go without remainder
   */
  static PoolLayer evenly(
      String name, Shape.FeatureMap input, Shape.FeatureMap output, Construction in) {
    long height = input.height() / output.height();
    long width = input.width() / output.width();
    return new PoolLayer(name, "avgpool2d", output, new long[] {height, width, height, width}, in);
  }

  /** Mean over all positions of a map: one value per channel. */
  static Layer global(String name, Shape.FeatureMap input, Construction in) {
    long[] window = {input.height(), input.width(), 1, 1};
    Shape.FeatureMap single = Shape.map(input.channels(), 1, 1);
    PoolLayer pool = new PoolLayer(name, "avgpool2d", single, window, in);
    return new Chain(input, List.of(pool, new FlattenLayer(name + ".flat", single, in)));
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public boolean trains() {
    return false;
  }

  @Override
  public INDArray train(INDArray x) {
    input = x;
    return infer(x);
  }

  @Override
  public INDArray infer(INDArray x) {
    INDArray y = memory.take(name, NativeSignal.sizes(x.size(0), output));
    forward.run(in(x), y);
    return y;
  }

  @Override
  public INDArray backward(INDArray dy) {
    INDArray dx = memory.gradient(dy, input.shape());
    backward.run(in(input, dy), dx);
    return dx;
  }
}
