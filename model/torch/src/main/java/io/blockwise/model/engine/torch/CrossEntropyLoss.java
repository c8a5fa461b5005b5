package io.blockwise.model.engine.torch;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Cross-entropy of the exit, whose gradient trains the block (methods 2a, and {@code pred} in 2e).
 */
record CrossEntropyLoss(Layer exit) implements LocalLoss {
  @Override
  public List<String> terms() {
    return List.of("cross-entropy");
  }

  @Override
  public Outcome evaluate(Tensor output, Tensor classes, Pass pass) {
    Tensor scores = scores(output, pass);
    return new Outcome(List.of(torch.cross_entropy_loss(scores, classes)), scores);
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(output, pass);
  }
}
