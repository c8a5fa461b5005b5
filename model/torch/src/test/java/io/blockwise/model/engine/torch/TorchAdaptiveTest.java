package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.AdaptiveContract;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.engine.SmallTexts;
import io.blockwise.model.engine.TestDevice;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.List;

class TorchAdaptiveTest extends AdaptiveContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }

  @Override
  protected List<Case> cases() {
    List<Case> cases = new ArrayList<>(super.cases());
    List<Batch> batches =
        List.of(
            SmallTexts.batch(7, 1),
            SmallTexts.batch(new int[][] {{1, 2}, {3}}),
            SmallTexts.batch(5, 2),
            SmallTexts.batch(3, 4));
    for (List<LayerSpec> layers :
        List.of(List.<LayerSpec>of(new TextLayers.Lstm(2, true)), SmallTexts.encoder(2, 0.1))) {
      BlockSpec first = block(List.of(SmallTexts.EMBEDDING));
      cases.add(
          new Case(
              new NetworkSpec(SmallTexts.INPUT, 3, List.of(first, block(layers), block(layers))),
              batches));
    }
    return cases;
  }

  private static BlockSpec block(List<LayerSpec> layers) {
    return new BlockSpec(
        layers,
        new LossSpec.CrossEntropy(),
        new ExitSpec(Features.POOLED),
        SmallBlocks.contrastive(4).optimiser());
  }
}
