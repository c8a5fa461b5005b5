package io.blockwise.model.spec.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostTest {
  private static final Shape IMAGE = Shape.map(3, 8, 8);
  private static final LayerSpec CONVOLUTION = new LayerSpec.Convolution(4, 3, 1, 1, false);
  private static final LayerSpec NORM = new LayerSpec.BatchNorm();
  private static final LayerSpec RELU = new LayerSpec.Relu();

  /** Mean over 64 positions of 4 channels, and 5 scores of them. */
  private static final Cost EXIT = new Cost(4 * 64 + 2 * 4 * 5, 4 * (4 + 5));

  @Test
  void convolutionsMultiplyAndAddAndAnActivationInPlaceKeepsNothing() {
    long values = 4 * 64;
    assertThat(cost(CONVOLUTION, NORM, RELU))
        .isEqualTo(new Cost(2 * 27 * values + 2 * values, 4 * 2 * values).plus(EXIT));
    assertThat(cost(CONVOLUTION, RELU, RELU))
        .as("the second may not write over what the first needs")
        .isEqualTo(new Cost(2 * 27 * values + 2 * values, 4 * 2 * values).plus(EXIT));
  }

  @Test
  void residualLayerTakesWhatItsSidesTakeAndKeepsOneSum() {
    long values = 4 * 64;
    LayerSpec layer =
        new LayerSpec.Residual(
            List.of(CONVOLUTION, NORM, RELU, CONVOLUTION, NORM),
            List.of(new LayerSpec.Convolution(4, 1, 1, 0, false), NORM));
    long flops = 2 * (27 + 36 + 3) * values + 4 * values + values;
    // two convolutions, their norms' input and output but the last, the shortcut's convolution, sum
    assertThat(cost(layer, RELU))
        .isEqualTo(new Cost(flops + values, 4 * (3 + 1 + 1) * values).plus(EXIT));
  }

  @Test
  void headCountsBesideTheExit() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.LINEAR, Features.POOLED, 1, 7);
    LossSpec loss = new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head);
    long values = 4 * 64;
    Cost body = new Cost(2 * 27 * values, 4 * values);
    assertThat(cost(loss, CONVOLUTION))
        .isEqualTo(body.plus(EXIT).plus(new Cost(values + 2 * 4 * 7, 4 * (4 + 7))));
  }

  private static Cost cost(LayerSpec... layers) {
    return cost(new LossSpec.CrossEntropy(), layers);
  }

  private static Cost cost(LossSpec loss, LayerSpec... layers) {
    OptimiserSpec none = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    BlockSpec block = new BlockSpec(List.of(layers), loss, new ExitSpec(Features.POOLED), none);
    return Cost.of(new NetworkSpec(IMAGE, 5, List.of(block))).get(0);
  }
}
