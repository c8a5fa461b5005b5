package io.blockwise.model.engine.dl4j;

import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.Shape;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The linear classifier behind a block and its cross-entropy. */
final class Exit {
  private final Layer features;
  private final DenseLayer classifier;
  private final SoftmaxCrossEntropy crossEntropy;

  Exit(ExitSpec spec, Shape output, int classes, Construction construction) {
    features = features("exit.features", spec.features(), output, construction);
    classifier = new DenseLayer("exit", classes, true, construction);
    crossEntropy = new SoftmaxCrossEntropy(classes, construction.memory());
  }

  /** The layer that reads a block's output as a vector. */
  static Layer features(String name, Features features, Shape output, Construction construction) {
    if (!output.isMap()) {
      return new Chain(output, List.of());
    }
    return features == Features.POOLED
        ? PoolLayer.global(name, output, construction)
        : new FlattenLayer(name, output, construction);
  }

  /** Cross-entropy of the output's scores; writes the gradient of the scores. */
  SoftmaxCrossEntropy.Outcome evaluate(INDArray output, int[] labels) {
    return crossEntropy.evaluate(classifier.train(features.train(output)), labels);
  }

  /** Writes the classifier's gradients and stops there: the output is detached. */
  void backwardDetached(SoftmaxCrossEntropy.Outcome outcome) {
    classifier.backwardInside(outcome.gradient());
  }

  /** Writes the classifier's gradients and returns that of the output. */
  INDArray backward(SoftmaxCrossEntropy.Outcome outcome) {
    return features.backward(classifier.backward(outcome.gradient()));
  }

  INDArray scores(INDArray output) {
    return classifier.infer(features.infer(output));
  }
}
