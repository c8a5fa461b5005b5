package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = x W^T + b} of vectors, or of those at every position of a text; weight {@code [units,
 * inputs]} as PyTorch keeps it.
 */
final class DenseLayer implements Layer {
  private final String name;
  private final Shape output;
  private final Memory memory;
  private final Parameters.Tensor weight;
  private final Parameters.Tensor bias;
  private INDArray input;

  /**
   * @param output what comes out: a vector, or a sequence
   */
  DenseLayer(String name, Shape output, boolean withBias, Construction construction) {
    this.name = name;
    this.output = output;
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
    long[] sizes = x.shape().clone();
    sizes[sizes.length - 1] = output.channels();
    INDArray y = memory.take(name, sizes);
    INDArray vectors = vectors(y);
    Maths.multiply(vectors(x), false, weight.value(), true, 1, memory, vectors);
    if (bias != null) {
      Maths.addRow(vectors, row(bias.value()), vectors);
    }
    return y;
  }

  @Override
  public INDArray backward(INDArray dy) {
    backwardInside(dy);
    INDArray dx = memory.gradient(dy, input.shape());
    Maths.multiply(vectors(dy), false, weight.value(), false, 1, memory, vectors(dx));
    return dx;
  }

  @Override
  public void backwardInside(INDArray dy) {
    INDArray vectors = vectors(dy);
    Maths.multiply(vectors, true, vectors(input), false, 1, memory, weight.gradient());
    if (bias != null) {
      Maths.columnSums(vectors, vectors.size(0), 1, memory, row(bias.gradient()));
    }
  }

  /** Those of all positions one behind the other. */
  private INDArray vectors(INDArray x) {
    return x.rank() == 2 ? x : memory.as(x, x.size(0) * x.size(1), x.size(2));
  }

  private INDArray row(INDArray vector) {
    return memory.as(vector, 1, output.channels());
  }
}
