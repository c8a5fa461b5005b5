package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer, or a head, that is written as a SameDiff graph. It computes the same in training and in
 * inference, and overwrites nothing that it reads. Its backward pass may need its output, so that
 * no other layer may overwrite it. Used by one thread.
 */
final class GraphLayer implements Layer {
  private final Shape output;
  private final Graph graph;
  private final SDVariable x;
  private final SDVariable y;
  private final SDVariable dy;
  private final Tape forward;
  private final Tape backward;

  /** Adds a layer's operations to a graph. */
  interface Definition {
    /** The output for {@code x}, a row per example; parameters are added to the graph. */
    SDVariable of(Graph graph, SDVariable x);
  }

  GraphLayer(String name, Shape input, Shape output, Memory memory, Definition definition) {
    this.output = output;
    graph = new Graph(name, memory);
    x = graph.input("x", input);
    y = definition.of(graph, x);
    dy = graph.input("dy", output);
    forward = graph.forward(y);
    backward = graph.backwardFrom(dy, forward, y, x);
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public boolean trains() {
    return graph.trains();
  }

  @Override
  public INDArray train(INDArray input) {
    return infer(input);
  }

  @Override
  public INDArray infer(INDArray input) {
    graph.begin();
    graph.set(x, input);
    forward.run();
    return graph.value(y);
  }

  @Override
  public INDArray backward(INDArray gradient) {
    graph.set(dy, gradient);
    backward.run();
    return graph.gradient(x);
  }
}
