package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code max(0, x)}; its gradient is masked by a step function, a quarter of {@code relu_bp}'s
 * time.
 */
final class ReluLayer implements Layer {
  private final String name;
  private final Shape shape;
  private final boolean overwritesInput;
  private final Memory memory;
  private final NativeOp product = new NativeOp("multiply");
  private INDArray output;

  ReluLayer(String name, Shape shape, boolean overwritesInput, Construction construction) {
    this.name = name;
    this.shape = shape;
    this.overwritesInput = overwritesInput;
    this.memory = construction.memory();
  }

  @Override
  public Shape output() {
    return shape;
  }

  @Override
  public INDArray train(INDArray x) {
    output = infer(x);
    return output;
  }

  @Override
  public INDArray infer(INDArray x) {
    INDArray y = overwritesInput ? x : memory.take(name, x.shape());
    Nd4j.getExecutioner().exec(new RectifiedLinear(x, y, 0.0));
    return y;
  }

  @Override
  public INDArray backward(INDArray dy) {
    INDArray mask = memory.take("scratch", output.shape());
    Maths.step(output, mask);
    product.run(in(dy, mask), dy);
    return dy;
  }
}
