package io.blockwise.model.engine.dl4j;

import io.blockwise.base.Names;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A block's local objective with the head and the exit that belong to it. Used by one thread. */
interface LocalLoss {
  /**
   * The loss of a specification.
   *
   * @param modules the block's, by name; each is asked for once
   */
  static LocalLoss of(LossSpec spec, Function<String, Chain> modules, Memory memory) {
    if (spec instanceof LossSpec.CrossEntropy) {
      return new CrossEntropyLoss(new Exit(modules.apply("exit"), memory));
    }
    if (spec instanceof LossSpec.Scpl scpl) {
      Exit exit = new Exit(modules.apply("exit"), memory);
      return new ContrastiveLoss(modules.apply("head"), exit, scpl, memory);
    }
    if (spec instanceof LossSpec.PredSim predSim) {
      Exit exit = new Exit(modules.apply("exit"), memory);
      return new PredSimLoss(modules.apply("head"), exit, predSim.beta(), memory);
    }
    throw new IllegalArgumentException(
        "Cannot train by loss "
            + Names.of(spec.getClass())
            + ": engine dl4j does not know it (choose engine = torch)");
  }

  /**
   * Loss of a block's output, and its gradients: those of the head's and the exit's parameters are
   * written, that of the output is returned.
   *
   * @param output as the block's last layer gives it; not changed
   * @param labels one per row
   */
  Outcome evaluate(INDArray output, int[] labels);

  /** The exit's class scores in inference mode, {@code [rows, classes]}. */
  INDArray scores(INDArray output);

  /**
   * What a batch gave.
   *
   * @param correct rows that the exit classified correctly
   * @param gradient of the output, which the receiver may overwrite
   */
  record Outcome(List<LossTerm> terms, int correct, INDArray gradient) {}
}
