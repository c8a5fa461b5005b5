package io.blockwise.model.engine.torch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Cross-entropy of the exit, whose gradient trains the block (methods 2a, and {@code pred} in 2e).
 */
record CrossEntropyLoss(Layer exit) implements LocalLoss {
  @Override
  public Outcome evaluate(LossInput in) {
    Tensor scores = scores(in.output(), in.pass());
    Tensor entropy = in.entropy(scores);
    return new Outcome(List.of(new Term("cross-entropy", entropy)), scores);
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(output, pass);
  }
}
