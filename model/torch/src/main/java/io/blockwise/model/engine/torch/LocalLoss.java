package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/** A block's local objective with its head and its exit. */
interface LocalLoss {
  /** The losses of this engine, by the record that describes one. */
  Map<Class<? extends LossSpec>, Maker> MAKERS =
      Map.of(
          LossSpec.CrossEntropy.class,
          (spec, modules) -> new CrossEntropyLoss(modules.apply("exit")),
          LossSpec.Scpl.class,
          (spec, modules) ->
              new ContrastiveLoss(
                  modules.apply("head"), modules.apply("exit"), (LossSpec.Scpl) spec),
          LossSpec.PredSim.class,
          (spec, modules) ->
              new PredSimLoss(
                  modules.apply("head"), modules.apply("exit"), ((LossSpec.PredSim) spec).beta()));

  /** Makes a loss of its record and of the block's modules, by name. */
  interface Maker {
    LocalLoss of(LossSpec spec, Function<String, Layer> modules);
  }

  /**
   * The loss of a specification.
   *
   * @param modules the block's, by name, with their outputs in float32
   */
  static LocalLoss of(LossSpec spec, Function<String, Layer> modules) {
    return MAKERS.get(spec.getClass()).of(spec, modules);
  }

  /** The loss of a block's output. */
  Outcome evaluate(LossInput in);

  /** The exit's class scores {@code [rows, classes]}. */
  Tensor scores(Tensor output, Pass pass);

  /**
   * What a batch gave, still on the device.
   *
   * @param terms whose sum is the objective
   * @param scores of the exit
   */
  record Outcome(List<Term> terms, Tensor scores) {}

  /**
   * One summand of the objective.
   *
   * @param value a scalar
   */
  record Term(String name, Tensor value) {}
}
