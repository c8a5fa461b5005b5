package io.blockwise.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever fails, what was opened is closed: native memory has no other end. */
class DecoupledNetworkTest {
  private static final NetworkSpec SPEC =
      new NetworkSpec(
          SmallBlocks.INPUT,
          3,
          List.of(
              SmallBlocks.contrastive(4), SmallBlocks.contrastive(4), SmallBlocks.contrastive(4)));

  private final CountedEngine engine = new CountedEngine();

  @Test
  void aBlockThatCannotBeBuiltTakesTheOthersAndTheEngineWithIt() {
    engine.failsAt = 2;
    assertThatThrownBy(() -> new DecoupledNetwork(engine, SPEC, 1)).hasMessage("no memory");
    assertThat(engine.open).isEmpty();
    assertThat(engine.closed).isTrue();
  }

  /** Computed in another language: no Java version may change them. */
  @Test
  void firstParametersAreOfOurOwnGeneratorAndOfTheBlocksNumber() {
    BlockSpec block = LayerProbe.block(List.of(new LayerSpec.Dense(4, false)));
    NetworkSpec spec = new NetworkSpec(Shape.vector(4), 2, List.of(block, block));
    List<float[]> first = DecoupledNetwork.firstParameters(spec, 7);
    assertThat(Arrays.copyOf(first.get(0), 4))
        .containsExactly(0.0113206040f, -0.1973713040f, -0.4653890431f, -0.2031473368f);
    assertThat(Arrays.copyOf(first.get(1), 4))
        .containsExactly(-0.4228328764f, 0.3593406677f, 0.1335122138f, 0.0532228462f);
  }

  @Test
  void anAnswerByTargetsGoesDownThroughItsBlockAndTheEarlierOnesAndOneByScoresDoesNot() {
    NetworkSpec spec =
        new NetworkSpec(
            SmallBlocks.INPUT,
            3,
            List.of(
                SmallBlocks.associated(4), SmallBlocks.associated(4), SmallBlocks.contrastive(4)));
    try (DecoupledNetwork network = new DecoupledNetwork(engine, spec, 1)) {
      assertThat(network.scores(SmallBlocks.batch(2, 1)))
          .containsExactly(new float[] {0, 0}, new float[] {1, 1, 0}, new float[] {2});
      assertThat(network.answer(SmallBlocks.batch(2, 1), 1)).containsExactly(1);
      assertThat(engine.open).as("blocks only").hasSize(3);
    }
  }

  @Test
  void aStepEndsOnceTheNextBlocksHasBegunOnItsOutput() {
    try (DecoupledNetwork network = new DecoupledNetwork(engine, SPEC, 1)) {
      network.step(SmallBlocks.batch(2, 1), k -> 0.1);
    }
    assertThat(engine.events)
        .containsExactly("begins 0", "begins 1", "ends 0", "begins 2", "ends 1", "ends 2");
  }

  @Test
  void aStepAndScoresCloseTheirSignalsWhicheverBlockFails() {
    for (int block = 0; block < 3; block++) {
      try (DecoupledNetwork network = new DecoupledNetwork(engine, SPEC, 1)) {
        int blocks = engine.open.size();
        engine.failsIn = block;
        assertThatThrownBy(() -> network.step(SmallBlocks.batch(2, 1), k -> 0.1))
            .hasMessage("no memory");
        assertThat(engine.open).hasSize(blocks);
        assertThatThrownBy(() -> network.scores(SmallBlocks.batch(2, 1))).hasMessage("no memory");
        assertThat(engine.open).hasSize(blocks);
        assertThatThrownBy(() -> network.answer(SmallBlocks.batch(2, 1), 2))
            .hasMessage("no memory");
        assertThat(engine.open).hasSize(blocks);
        engine.failsIn = -1;
        assertThat(network.step(SmallBlocks.batch(2, 1), k -> 0.1)).hasSize(3);
        assertThat(network.scores(SmallBlocks.batch(2, 1))).hasSize(3);
        assertThat(engine.open).hasSize(blocks);
      }
      assertThat(engine.open).isEmpty();
    }
  }
}
