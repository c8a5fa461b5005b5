package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Blocks that read the image beside what the block before them hands on. */
class ContextTest {
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  private static List<BlockSpec> blocks() {
    return List.of(
        SmallBlocks.with(4, ADAM),
        SmallBlocks.with(5, ADAM).with(Context.IMAGE),
        SmallBlocks.with(4, ADAM).with(Context.IMAGE));
  }

  private static NetworkSpec network() {
    return new NetworkSpec(SmallBlocks.INPUT, 3, blocks());
  }

  @Test
  void trainingFollowsPyTorchsTrace() {
    TorchTrace.assertFollowed("trace_context", blocks(), Map.of());
  }

  @Test
  void theLastBlockHearsOfTheImageWhateverTheBlocksBeforeItMakeOfIt() {
    Batch one = SmallBlocks.batch(2, 1);
    Batch other = SmallBlocks.batch(2, 2);
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), network(), 1)) {
      Block second = network.blocks().get(1);
      float[] deaf = new float[second.length(StateKind.PARAMETERS)];
      second.adopt(StateKind.PARAMETERS, deaf);
      assertThat(network.scores(one).get(1)).containsExactly(network.scores(other).get(1));
      assertThat(network.scores(one).get(2)).isNotEqualTo(network.scores(other).get(2));
    }
  }

  @Test
  void selectedRowsKeepTheirImages() {
    Batch batch = SmallBlocks.batch(12, 1);
    try (DecoupledNetwork network = new DecoupledNetwork(TestDevice.torch(), network(), 1);
        Engine engine = TestDevice.torch();
        Signal in = engine.signal(batch);
        Signal first = network.blocks().get(0).forward(in);
        Signal some = first.select(new int[] {7, 3});
        Signal all = network.blocks().get(1).forward(first);
        Signal part = network.blocks().get(1).forward(some)) {
      float[] whole = all.toArray();
      int length = whole.length / 12;
      assertThat(part.toArray())
          .usingComparatorWithPrecision(1e-5f)
          .startsWith(Arrays.copyOfRange(whole, 7 * length, 8 * length))
          .endsWith(Arrays.copyOfRange(whole, 3 * length, 4 * length));
    }
  }

  @Test
  void theOtherTensorsStartFromTheSameNumbers() {
    List<BlockSpec> plain = blocks().stream().map(block -> block.with(Context.NONE)).toList();
    List<float[]> without =
        DecoupledNetwork.firstParameters(new NetworkSpec(SmallBlocks.INPUT, 3, plain), 1);
    List<float[]> with = DecoupledNetwork.firstParameters(network(), 1);
    for (int k = 0; k < 3; k++) {
      assertThat(Arrays.copyOf(with.get(k), without.get(k).length)).containsExactly(without.get(k));
    }
    assertThat(with.get(1)).hasSize(without.get(1).length + 4 * 3 * 9 + 4);
  }
}
