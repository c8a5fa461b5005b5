package io.blockwise.model.spec.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.Backbone;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancedCutTest {
  private static final Shape IMAGE = Shape.map(3, 32, 32);
  private static final LossSpec PLAIN = new LossSpec.CrossEntropy();

  @Test
  void equalUnitsAreCutIntoEqualBlocksAndTheRestGoesToTheLastOnes() {
    List<List<LayerSpec>> units = units(new Backbone.Mlp(List.of(64, 64, 64, 64, 64, 64, 64)));
    Shape input = Shape.map(1, 8, 8);
    assertThat(cut(input, units, 7, PLAIN)).containsExactly(1, 1, 1, 1, 1, 1, 1);
    assertThat(cut(input, units, 3, PLAIN)).containsExactly(2, 2, 3);
    assertThat(cut(input, units, 1, PLAIN)).containsExactly(7);
  }

  /** All cuts are tried, each with the costs of the network that it gives. */
  @ParameterizedTest
  @EnumSource(Cost.Measure.class)
  void noOtherCutHasACheaperMostExpensiveBlockOrThenALowerSumOfSquares(Cost.Measure measure) {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.FLAT, 64, 32);
    LossSpec loss = new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head);
    for (Backbone backbone :
        List.of(
            new Backbone.Vgg8(8),
            new Backbone.Resnet32(4),
            new Backbone.Cnn(8, Backbone.Activation.ELU))) {
      List<List<LayerSpec>> units = units(backbone);
      for (int count = 1; count <= 4; count++) {
        List<Integer> found = cut(IMAGE, units, count, loss, measure);
        double[] cost = cost(units, found, loss, measure);
        for (List<Integer> other : cuts(units.size(), count)) {
          double[] others = cost(units, other, loss, measure);
          assertThat(cost[0]).as("%s %s", found, other).isLessThanOrEqualTo(others[0]);
          if (others[0] == cost[0]) {
            assertThat(cost[1]).as("%s %s", found, other).isLessThanOrEqualTo(others[1]);
          }
        }
      }
    }
  }

  @Test
  void headsCount() {
    List<List<LayerSpec>> units = units(new Backbone.Resnet32(4));
    HeadSpec heavy = new HeadSpec(HeadSpec.Kind.MLP, Features.FLAT, 512, 512);
    LossSpec loss = new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, heavy);
    assertThat(cut(IMAGE, units, 3, loss)).isNotEqualTo(cut(IMAGE, units, 3, PLAIN));
  }

  @Test
  void flopsAreCutElsewhereThanActivations() {
    List<List<LayerSpec>> units = units(new Backbone.Vgg8(32));
    assertThat(cut(IMAGE, units, 3, PLAIN, Cost.Measure.FLOPS))
        .isNotEqualTo(cut(IMAGE, units, 3, PLAIN, Cost.Measure.ACTIVATIONS));
  }

  /** As many as there are, which has to take no time that anybody notices. */
  @Test
  void deepNetworkIsCutIntoItsUnits() {
    List<List<LayerSpec>> units = units(new Backbone.Resnet110(16));
    assertThat(cut(IMAGE, units, 55, PLAIN)).hasSize(55).containsOnly(1);
    assertThat(cut(IMAGE, units, 32, PLAIN)).hasSize(32).doesNotContain(0);
  }

  private static List<List<Integer>> cuts(int units, int count) {
    if (count == 1) {
      return List.of(List.of(units));
    }
    List<List<Integer>> all = new ArrayList<>();
    for (int first = 1; first <= units - count + 1; first++) {
      for (List<Integer> rest : cuts(units - first, count - 1)) {
        List<Integer> cut = new ArrayList<>(List.of(first));
        cut.addAll(rest);
        all.add(cut);
      }
    }
    return all;
  }

  /** Of the most expensive block, and the sum of the squares of all. */
  private static double[] cost(
      List<List<LayerSpec>> units, List<Integer> cut, LossSpec loss, Cost.Measure measure) {
    List<BlockSpec> blocks =
        Units.blocks(units, cut).stream().map(layers -> block(layers, loss)).toList();
    double[] cost = new double[2];
    for (Cost block : Cost.of(new NetworkSpec(IMAGE, 10, blocks))) {
      double each = block.by(measure);
      cost[0] = Math.max(cost[0], each);
      cost[1] += each * each;
    }
    return cost;
  }

  private static List<Integer> cut(
      Shape input, List<List<LayerSpec>> units, int count, LossSpec loss) {
    return cut(input, units, count, loss, Cost.Measure.FLOPS);
  }

  private static List<Integer> cut(
      Shape input, List<List<LayerSpec>> units, int count, LossSpec loss, Cost.Measure measure) {
    return BalancedCut.of(
        input,
        10,
        units,
        count,
        (k, from, to) ->
            block(units.subList(from, to).stream().flatMap(List::stream).toList(), loss),
        measure);
  }

  private static BlockSpec block(List<LayerSpec> layers, LossSpec loss) {
    OptimiserSpec none = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(layers, loss, new ExitSpec(Features.POOLED), none);
  }

  private static List<List<LayerSpec>> units(Backbone backbone) {
    return Units.of(backbone.blocks().stream().flatMap(List::stream).toList());
  }
}
