package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** A block's local objective with its head and its exit. */
interface LocalLoss {
  /** The losses of this engine, by the record that describes one. */
  Map<Class<? extends LossSpec>, Maker> MAKERS =
      Map.of(
          LossSpec.CrossEntropy.class,
          (spec, of) -> new CrossEntropyLoss(of.module("exit")),
          LossSpec.Scpl.class,
          (spec, of) ->
              new ContrastiveLoss(of.module("head"), of.module("exit"), (LossSpec.Scpl) spec),
          AlSpec.class,
          (spec, of) -> AssociatedLoss.of((AlSpec) spec, of),
          DeInfoRegSpec.class,
          (spec, of) ->
              new DeInfoRegLoss(
                  of.module("head"), of.module("exit"), (DeInfoRegSpec) spec, of.classes()),
          LossSpec.PredSim.class,
          (spec, of) ->
              new PredSimLoss(
                  of.module("head"), of.module("exit"), ((LossSpec.PredSim) spec).beta()));

  /** Makes a loss of its record and of the rest of the block. */
  interface Maker {
    LocalLoss of(LossSpec spec, Parts parts);
  }

  /**
   * What a loss is made of.
   *
   * @param modules the block's, by name, with their outputs in float32
   * @param in what the block reads
   */
  record Parts(Function<String, Layer> modules, Border in, int classes) {
    Layer module(String name) {
      return modules.apply(name);
    }
  }

  /** The loss of a specification. */
  static LocalLoss of(LossSpec spec, Parts parts) {
    return MAKERS.get(spec.getClass()).of(spec, parts);
  }

  /** The loss of a block's output. */
  Outcome evaluate(LossInput in);

  /** The block's answer, as {@link io.blockwise.model.engine.Block#answer} has it. */
  Tensor scores(Tensor output, Pass pass);

  /** What a frozen block hands on to the next one's loss, from the target that it reads. */
  default Optional<Tensor> target(LossInput in) {
    return Optional.empty();
  }

  /** What brings an answer by targets one block nearer to class scores, where something does. */
  default Optional<Layer> decoder() {
    return Optional.empty();
  }

  /**
   * What a batch gave, still on the device.
   *
   * @param terms at least one of them in the objective, which is their sum
   * @param scores of the classes, {@code [rows, classes]}, by which right answers are counted
   * @param target for the next block, which gets it detached
   */
  record Outcome(List<Term> terms, Tensor scores, Optional<Tensor> target) {
    /** Without a target. */
    Outcome(List<Term> terms, Tensor scores) {
      this(terms, scores, Optional.empty());
    }

    /** What the block is trained by. */
    Tensor objective() {
      return terms.stream()
          .filter(Term::inObjective)
          .map(Term::value)
          .reduce(Tensor::add)
          .orElseThrow();
    }
  }

  /**
   * One figure of the loss.
   *
   * @param value a scalar
   * @param inObjective whether the block is trained by it
   */
  record Term(String name, Tensor value, boolean inObjective) {
    /** A summand of the objective. */
    Term(String name, Tensor value) {
      this(name, value, true);
    }
  }
}
