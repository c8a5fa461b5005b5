package io.blockwise.model.engine;

import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.assembly.LookAhead;
import io.blockwise.model.spec.assembly.Losses;
import io.blockwise.model.spec.assembly.Method;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Blocks whose classifiers look ahead. */
class LookAheadTraceTest {
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  private static List<BlockSpec> blocks(LookAhead lookAhead, OptimiserSpec optimiser) {
    List<List<LayerSpec>> layers =
        List.of(
            SmallBlocks.with(4, ADAM).layers(),
            SmallBlocks.with(5, ADAM).layers(),
            SmallBlocks.with(4, ADAM).layers());
    Method.Parts parts =
        new Method.Parts(
            Losses.of(new LossSpec.CrossEntropy()),
            new ExitSpec(Features.POOLED),
            new ExitSpec(Features.POOLED),
            optimiser,
            1,
            Context.NONE,
            lookAhead,
            0);
    return Method.PRED.network(SmallBlocks.INPUT, 3, layers, parts).blocks();
  }

  /** The first block has copies of two units, with a pool between them, the second of one. */
  @Test
  void trainingFollowsPyTorchsTrace() {
    for (Engine engine : List.of(TestDevice.torch(), new Dl4jEngine())) {
      TorchTrace.assertFollowed(
          engine,
          "trace_look_ahead",
          blocks(new LookAhead(3, 0), ADAM),
          Map.of(
              "copies.0.conv", "exit.ahead.0",
              "copies.0.bn", "exit.ahead.1",
              "copies.1.conv", "exit.ahead.4",
              "copies.1.bn", "exit.ahead.5"));
    }
  }

  @Test
  void gradientsMatchDifferencesOfTheLoss() {
    OptimiserSpec descent = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    for (Engine engine : List.of(TestDevice.torch(), new Dl4jEngine())) {
      GradientCheck.run(engine, blocks(new LookAhead(3, 0), descent).get(0));
    }
  }
}
