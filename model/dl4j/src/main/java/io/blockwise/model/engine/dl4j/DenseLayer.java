package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = x W^T + b}; weight {@code [units, inputs]} as PyTorch keeps it. */
final class DenseLayer implements Layer {
  private final String name;
  private final Shape output;
  private final Memory memory;
  private final Parameters.Tensor weight;
  private final Parameters.Tensor bias;
  private INDArray input;

  DenseLayer(String name, int units, boolean withBias, Construction construction) {
    this.name = name;
    this.output = Shape.vector(units);
    this.memory = construction.memory();
    weight = construction.parameter(name + ".weight");
    bias = withBias ? construction.parameter(name + ".bias") : null;
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
    INDArray y = memory.take(name, x.size(0), output.channels());
    Maths.multiply(x, false, weight.value(), true, 1, memory, y);
    if (bias != null) {
      Maths.addRow(y, row(bias.value()), y);
    }
    return y;
  }

  @Override
  public INDArray backward(INDArray dy) {
    backwardInside(dy);
    INDArray dx = memory.gradient(dy, input.shape());
    Maths.multiply(dy, false, weight.value(), false, 1, memory, dx);
    return dx;
  }

  @Override
  public void backwardInside(INDArray dy) {
    Maths.multiply(dy, true, input, false, 1, memory, weight.gradient());
    if (bias != null) {
      Maths.columnSums(dy, dy.size(0), 1, memory, row(bias.gradient()));
    }
  }

  private INDArray row(INDArray vector) {
    return memory.as(vector, 1, output.channels());
  }
}
