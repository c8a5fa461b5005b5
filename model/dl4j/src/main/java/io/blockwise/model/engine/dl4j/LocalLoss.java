package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A block's local objective with the head and the exit that belong to it. Used by one thread. */
interface LocalLoss {
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
