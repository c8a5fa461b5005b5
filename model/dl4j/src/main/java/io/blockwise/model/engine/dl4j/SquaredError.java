package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.Shape;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean of the squared differences of two arrays, over all their elements, as a graph. Used by one
 * thread.
 */
final class SquaredError {
  private final Graph graph;
  private final SDVariable found;
  private final SDVariable wanted;
  private final SDVariable mean;
  private final Tape forward;
  private final Tape backward;

  /**
   * What a batch gave.
   *
   * @param gradient by what was found
   */
  record Outcome(double loss, INDArray gradient) {}

  /**
   * @param name that no other part of the block has
   * @param shape of a row
   */
  SquaredError(String name, Shape shape, Memory memory) {
    graph = new Graph(name, memory);
    found = graph.input("found", shape);
    wanted = graph.input("wanted", shape);
    SDVariable apart = found.sub(wanted);
    mean = apart.mul(apart).mean();
    forward = graph.forward(mean);
    backward = graph.backward(forward, mean, found);
  }

  Outcome evaluate(INDArray value, INDArray target) {
    graph.set(found, value);
    graph.set(wanted, target);
    forward.run();
    backward.run();
    return new Outcome(graph.value(mean).getDouble(0), graph.gradient(found));
  }
}
