package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("thorough")
class TorchTextTest extends TextContract {
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());

  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }

  @Test
  void frozenVectorsHearNothingOfTheNextBlocksLoss() {
    LossSpec entropy = new LossSpec.CrossEntropy();
    ExitSpec exit = new ExitSpec(Features.POOLED);
    BlockSpec first = new BlockSpec(List.of(SmallTexts.FROZEN), entropy, exit, ADAM).ofSpan(2);
    BlockSpec second = new BlockSpec(List.of(new Lstm(3, false)), entropy, exit, ADAM);
    try (DecoupledNetwork network =
        new DecoupledNetwork(
            engine(), new NetworkSpec(SmallTexts.INPUT, 3, List.of(first, second)), 3)) {
      double before = network.step(SmallTexts.batch(8, 2), k -> 0.05).get(1).loss();
      double after = network.step(SmallTexts.batch(8, 2), k -> 0.05).get(1).loss();
      assertThat(after).isLessThan(before);
    }
  }
}
