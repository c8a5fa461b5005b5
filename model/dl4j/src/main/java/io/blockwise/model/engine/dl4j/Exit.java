package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.ExitSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The classifier behind a block and its cross-entropy. */
final class Exit {
  private final Chain layers;
  private final SoftmaxCrossEntropy crossEntropy;

  Exit(Chain layers, Memory memory, ExitSpec spec) {
    this.layers = layers;
    crossEntropy = new SoftmaxCrossEntropy(layers.output().channels(), memory, spec);
  }

  /** Number of classes. */
  int classes() {
    return layers.output().channels();
  }

  /** Cross-entropy of the output's scores; writes the gradient of the scores. */
  SoftmaxCrossEntropy.Outcome evaluate(LossInput in) {
    return crossEntropy.evaluate(layers.train(in.output()), in.labels(), in.weights());
  }

  /** Writes the classifier's gradients and stops there: the output is detached. */
  void backwardDetached(SoftmaxCrossEntropy.Outcome outcome) {
    layers.backwardInside(outcome.gradient());
  }

  /** Writes the classifier's gradients and returns that of the output. */
  INDArray backward(SoftmaxCrossEntropy.Outcome outcome) {
    return layers.backward(outcome.gradient());
  }

  INDArray scores(INDArray output) {
    return layers.infer(output);
  }
}
