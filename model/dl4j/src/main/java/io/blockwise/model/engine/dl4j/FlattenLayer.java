package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A map as a vector in the canonical order (channel, row, column). */
final class FlattenLayer implements Layer {
  private final String name;
  private final Shape.FeatureMap input;
  private final Memory memory;
  private final NativeOp toChannelsFirst = new NativeOp("permute", 0, 3, 1, 2);
  private final NativeOp toChannelsLast = new NativeOp("permute", 0, 2, 3, 1);

  FlattenLayer(String name, Shape.FeatureMap input, Construction construction) {
    this.name = name;
    this.input = input;
    this.memory = construction.memory();
  }

  @Override
  public Shape output() {
    return Shape.vector(input.elements());
  }

  @Override
  public boolean trains() {
    return false;
  }

  @Override
  public INDArray train(INDArray x) {
    return infer(x);
  }

  @Override
  public INDArray infer(INDArray x) {
    if (sameOrder()) {
      return memory.as(x, x.size(0), input.elements());
    }
    INDArray y = memory.take(name, x.size(0), input.channels(), input.height(), input.width());
    toChannelsFirst.run(in(x), y);
    return memory.as(y, x.size(0), input.elements());
  }

  @Override
  public INDArray backward(INDArray dy) {
    long rows = dy.size(0);
    if (sameOrder()) {
      return memory.as(dy, rows, input.height(), input.width(), input.channels());
    }
    INDArray dx = memory.gradient(dy, rows, input.height(), input.width(), input.channels());
    INDArray channelsFirst = memory.as(dy, rows, input.channels(), input.height(), input.width());
    toChannelsLast.run(in(channelsFirst), dx);
    return dx;
  }

  private boolean sameOrder() {
    return input.channels() == 1 || input.height() * input.width() == 1;
  }
}
