package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy of the exit, whose gradient trains the block (methods 2a, and {@code pred} in 2e).
 */
final class CrossEntropyLoss implements LocalLoss {
  private final Exit exit;

  CrossEntropyLoss(Exit exit) {
    this.exit = exit;
  }

  @Override
  public Outcome evaluate(LossInput in) {
    SoftmaxCrossEntropy.Outcome outcome = exit.evaluate(in);
    return new Outcome(
        List.of(new LossTerm("cross-entropy", outcome.loss())),
        outcome.correct(),
        exit.backward(outcome));
  }

  @Override
  public INDArray scores(INDArray output) {
    return exit.scores(output);
  }
}
