package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers one behind the other, as one layer; without layers it is the identity. */
record Chain(Shape input, List<Layer> layers) implements Layer {
  Chain {
    layers = List.copyOf(layers);
  }

  @Override
  public Shape output() {
    return layers.isEmpty() ? input : layers.get(layers.size() - 1).output();
  }

  @Override
  public INDArray train(INDArray x) {
    INDArray y = x;
    for (Layer layer : layers) {
      y = layer.train(y);
    }
    return y;
  }

  @Override
  public INDArray infer(INDArray x) {
    INDArray y = x;
    for (Layer layer : layers) {
      y = layer.infer(y);
    }
    return y;
  }

  @Override
  public INDArray backward(INDArray dy) {
    INDArray gradient = dy;
    for (int i = layers.size() - 1; i >= 0; i--) {
      gradient = layers.get(i).backward(gradient);
    }
    return gradient;
  }

  @Override
  public boolean trains() {
    return layers.stream().anyMatch(Layer::trains);
  }

  @Override
  public void backwardInside(INDArray dy) {
    int first = 0;
    while (!layers.get(first).trains()) {
      first++;
    }
    INDArray gradient = dy;
    for (int i = layers.size() - 1; i > first; i--) {
      gradient = layers.get(i).backward(gradient);
    }
    layers.get(first).backwardInside(gradient);
  }

  @Override
  public void stepTaken() {
    layers.forEach(Layer::stepTaken);
  }
}
