package io.blockwise.model.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PredSimLossTest {
  private static final int[] LABELS = {0, 1, 2, 0, 1, 1, 2};

  /** A map's channels are compared by their deviations, a map's of 3 channels by all values. */
  @Test
  void theGradientOfMapsMatchesDifferencesOfTheLoss() {
    for (HeadSpec.Kind kind :
        new HeadSpec.Kind[] {HeadSpec.Kind.CONVOLUTION, HeadSpec.Kind.LINEAR}) {
      for (int channels : new int[] {3, 6}) {
        Losses losses = new Losses(kind, Shape.map(channels, 4, 4));
        INDArray output = losses.random(1);
        INDArray direction = losses.random(2);
        INDArray gradient =
            losses.loss.evaluate(new LossInput(output, Optional.empty(), LABELS)).gradient().dup();
        double claimed = gradient.mul(direction).sumNumber().doubleValue();
        double step = 5e-3;
        double ahead = losses.total(output.add(direction.mul(step)));
        double behind = losses.total(output.sub(direction.mul(step)));
        assertThat((ahead - behind) / (2 * step) / claimed)
            .as(kind + " of " + channels + " channels")
            .isCloseTo(1, within(1e-2));
      }
    }
  }

  @Test
  void rowsWithoutAnyDeviationHaveAFiniteGradient() {
    Losses losses = new Losses(HeadSpec.Kind.CONVOLUTION, Shape.map(6, 4, 4));
    INDArray output = losses.random(1);
    output.tensorAlongDimension(0, 1, 2, 3).assign(0);
    LocalLoss.Outcome outcome =
        losses.loss.evaluate(new LossInput(output, Optional.empty(), LABELS));
    assertThat(outcome.terms()).allMatch(term -> Double.isFinite(term.value()));
    assertThat(outcome.gradient().sumNumber().doubleValue()).isFinite();
  }

  /** The loss of a block whose output has a shape, its exit away from 0. */
  private static final class Losses {
    private final Shape output;
    private final LocalLoss loss;

    Losses(HeadSpec.Kind kind, Shape output) {
      this.output = output;
      LossSpec.PredSim spec = new LossSpec.PredSim(0.6, new HeadSpec(kind, Features.POOLED, 1, 5));
      BlockSpec block =
          new BlockSpec(
              List.of(new LayerSpec.Relu()),
              spec,
              new ExitSpec(Features.POOLED),
              LayerProbe.block(spec).optimiser());
      BlockLayout layout = BlockLayout.of(block, Border.of(output), 3);
      float[] first = layout.firstParameters(new SplittableRandom(4));
      SplittableRandom random = new SplittableRandom(5);
      for (int i = 0; i < first.length; i++) {
        first[i] += (float) random.nextDouble(-0.2, 0.2);
      }
      Construction in =
          new Construction(
              new Memory(),
              Parameters.trained(layout.parameters(), first),
              Parameters.kept(layout.statistics(), layout.firstStatistics()));
      Map<String, ModuleSpec> modules = block.modules(Border.of(output), 3);
      loss =
          LocalLoss.of(
              spec,
              new LocalLoss.Parts(
                  name -> Layers.of(modules.get(name), in),
                  in.memory(),
                  Border.of(output),
                  3,
                  new ExitSpec(Features.FLAT)));
    }

    INDArray random(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      INDArray array = Nd4j.create(DataType.FLOAT, NativeSignal.sizes(LABELS.length, output));
      for (long i = 0; i < array.length(); i++) {
        array.data().put(i, random.nextDouble(-1, 1));
      }
      return array;
    }

    double total(INDArray at) {
      return loss.evaluate(new LossInput(at, Optional.empty(), LABELS)).terms().stream()
          .mapToDouble(LossTerm::value)
          .sum();
    }
  }
}
