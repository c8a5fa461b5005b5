package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A block's local objective with the head and the exit that belong to it. Used by one thread. */
interface LocalLoss {
  /** The losses of this engine, by the record that describes one. */
  Map<Class<? extends LossSpec>, Maker> MAKERS =
      Map.of(
          LossSpec.CrossEntropy.class,
          (spec, of) -> new CrossEntropyLoss(of.exit()),
          LossSpec.Scpl.class,
          (spec, of) ->
              new ContrastiveLoss(of.module("head"), of.exit(), (LossSpec.Scpl) spec, of.memory()),
          LossSpec.PredSim.class,
          (spec, of) ->
              new PredSimLoss(
                  of.module("head"), of.exit(), ((LossSpec.PredSim) spec).beta(), of.memory()));

  /** Makes a loss of its record and of the rest of the block. */
  interface Maker {
    LocalLoss of(LossSpec spec, Parts parts);
  }

  /**
   * What a loss is made of.
   *
   * @param modules the block's, by name; each is asked for once
   */
  record Parts(Function<String, Chain> modules, Memory memory) {
    Chain module(String name) {
      return modules.apply(name);
    }

    Exit exit() {
      return new Exit(module(BlockSpec.EXIT), memory);
    }
  }

  /**
   * The loss of a specification.
   *
   * @param modules the block's, by name; each is asked for once
   */
  static LocalLoss of(LossSpec spec, Function<String, Chain> modules, Memory memory) {
    return MAKERS.get(spec.getClass()).of(spec, new Parts(modules, memory));
  }

  /**
   * Loss of a block's output, and its gradients: those of the head's and the exit's parameters are
   * written, that of the output is returned.
   */
  Outcome evaluate(LossInput in);

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
