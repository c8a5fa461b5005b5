package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
          AlSpec.class,
          (spec, of) -> new AssociatedLoss((AlSpec) spec, of),
          DeInfoRegSpec.class,
          (spec, of) -> new DeInfoRegLoss((DeInfoRegSpec) spec, of),
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
   * @param in what the block reads
   * @param spec of the exit
   */
  record Parts(
      Function<String, Chain> modules, Memory memory, Border in, int classes, ExitSpec spec) {
    Chain module(String name) {
      return modules.apply(name);
    }

    Exit exit() {
      return new Exit(module(BlockSpec.EXIT), memory, spec);
    }
  }

  /** The loss of a specification. */
  static LocalLoss of(LossSpec spec, Parts parts) {
    return MAKERS.get(spec.getClass()).of(spec, parts);
  }

  /**
   * Loss of a block's output, and its gradients: those of the head's and the exit's parameters are
   * written, that of the output is returned.
   */
  Outcome evaluate(LossInput in);

  /** The block's answer in inference mode, as Block.answer has it. */
  INDArray scores(INDArray output);

  /**
   * What a frozen block hands on to the next one's loss, from the target that it reads; valid until
   * the loss is used again.
   */
  default Optional<INDArray> target(LossInput in) {
    return Optional.empty();
  }

  /** What brings an answer by targets one block nearer to class scores, where something does. */
  default Optional<Layer> decoder() {
    return Optional.empty();
  }

  /**
   * What a batch gave.
   *
   * @param correct rows that the block classified correctly
   * @param gradient of the output, which the receiver may overwrite
   * @param target for the next block; valid until the loss is evaluated again
   */
  record Outcome(List<LossTerm> terms, int correct, INDArray gradient, Optional<INDArray> target) {
    /** Without a target. */
    Outcome(List<LossTerm> terms, int correct, INDArray gradient) {
      this(terms, correct, gradient, Optional.empty());
    }
  }
}
