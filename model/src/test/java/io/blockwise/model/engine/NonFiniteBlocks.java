package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.StepResult.Outcome;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A network of which one block after the other has a parameter that is no number: that block and
 * the later ones keep every bit of their states, the earlier ones train, and all go on afterwards.
 */
final class NonFiniteBlocks {
  private static final OptimiserSpec MOMENTUM =
      new OptimiserSpec.Sgd(0.05, 0.9, 1e-4, 1, new ScheduleSpec.Constant());

  private static final List<BlockSpec> BLOCKS =
      List.of(SmallBlocks.contrastive(4), SmallBlocks.with(MOMENTUM), SmallBlocks.contrastive(4));

  private NonFiniteBlocks() {}

  static void assertLaterBlocksSkip(Supplier<Engine> engines) {
    NetworkSpec spec = new NetworkSpec(SmallBlocks.INPUT, 3, BLOCKS);
    for (int bad = 0; bad < BLOCKS.size(); bad++) {
      try (DecoupledNetwork network = new DecoupledNetwork(engines.get(), spec, 1)) {
        assertThat(step(network, 1)).containsOnly(Outcome.TRAINED);
        Block block = network.blocks().get(bad);
        float[] healthy = States.read(block, StateKind.PARAMETERS);
        float[] spoilt = healthy.clone();
        spoilt[0] = Float.NaN;
        block.adopt(StateKind.PARAMETERS, spoilt);
        assertSkipped(network, bad);
        block.adopt(StateKind.PARAMETERS, healthy);
        assertThat(step(network, 3)).containsOnly(Outcome.TRAINED);
      }
    }
  }

  private static void assertSkipped(DecoupledNetwork network, int bad) {
    List<Map<StateKind, float[]>> before = network.blocks().stream().map(States::all).toList();
    List<Outcome> outcomes = step(network, 2);
    for (int k = 0; k < BLOCKS.size(); k++) {
      Map<StateKind, float[]> after = States.all(network.blocks().get(k));
      if (k < bad) {
        assertThat(outcomes.get(k)).isEqualTo(Outcome.TRAINED);
        for (StateKind kind : StateKind.values()) {
          if (after.get(kind).length > 0) {
            assertThat(after.get(kind)).isNotEqualTo(before.get(k).get(kind));
          }
        }
      } else {
        assertThat(outcomes.get(k)).isEqualTo(k == bad ? Outcome.NOT_FINITE : Outcome.SKIPPED);
        States.assertEqual(after, before.get(k));
      }
    }
  }

  private static List<Outcome> step(DecoupledNetwork network, int batch) {
    List<Outcome> outcomes = new ArrayList<>();
    network
        .step(SmallBlocks.batch(12, batch), k -> 0.01)
        .forEach(result -> outcomes.add(result.outcome()));
    return outcomes;
  }
}
