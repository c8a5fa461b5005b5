package io.blockwise.model.spec.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.assembly.LookAhead;
import io.blockwise.model.spec.assembly.Losses;
import io.blockwise.model.spec.assembly.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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

  /** All that the network of a cut has counts: copies, momentum, context, the last exit. */
  @ParameterizedTest
  @EnumSource(Cost.Measure.class)
  void noOtherCutIsBetterWhateverBlocksHaveBesideTheirLayers(Cost.Measure measure) {
    List<List<LayerSpec>> units = units(new Backbone.Resnet32(4));
    ExitSpec plain = new ExitSpec(Features.GRID);
    ExitSpec heavy = ExitSpec.of(ExitSpec.Kind.MLP, Features.FLAT, List.of(256));
    AlSpec targets = targets(32);
    Losses mixed = new Losses(PLAIN, List.of(targets, PLAIN, PLAIN), Optional.empty());
    List<List<Integer>> found = new ArrayList<>();
    for (Method.Parts parts :
        List.of(
            parts(Losses.of(PLAIN), plain, Context.NONE, LookAhead.NONE, 0),
            parts(Losses.of(PLAIN), plain, Context.NONE, new LookAhead(4, 0.5), 0),
            parts(Losses.of(PLAIN), plain, Context.NONE, LookAhead.NONE, 0.9),
            parts(Losses.of(PLAIN), plain, Context.IMAGE, LookAhead.NONE, 0),
            parts(Losses.of(PLAIN), heavy, Context.IMAGE, new LookAhead(3, 0), 0),
            parts(mixed, heavy, Context.NONE, LookAhead.NONE, 0.9))) {
      List<Integer> cut =
          BalancedCut.of(IMAGE, 10, units, 3, cuts -> Method.PRED.blocks(cuts, parts), measure);
      double[] cost = cost(units, cut, parts, measure);
      assertThat(cost[0]).isFinite();
      for (List<Integer> other : cuts(units.size(), 3)) {
        assertThat(compare(cost, cost(units, other, parts, measure)))
            .as("%s %s %s", parts, cut, other)
            .isNotPositive();
      }
      found.add(cut);
    }
    assertThat(new HashSet<>(found)).as("they count").hasSizeGreaterThan(2);
  }

  private static int compare(double[] cost, double[] other) {
    int most = Double.compare(cost[0], other[0]);
    return most == 0 ? Double.compare(cost[1], other[1]) : most;
  }

  private static double[] cost(
      List<List<LayerSpec>> units, List<Integer> cut, Method.Parts parts, Cost.Measure measure) {
    try {
      return cost(Method.PRED.network(IMAGE, 10, Units.blocks(units, cut), parts), measure);
    } catch (InvalidValueException e) {
      return new double[] {Double.POSITIVE_INFINITY, 0}; // nothing to look ahead to
    }
  }

  private static AlSpec targets(int width) {
    LossSpec.Activation tanh = LossSpec.Activation.TANH;
    AlSpec.Bridge bridge = new AlSpec.Bridge(Features.FLAT, List.of(64), tanh);
    return new AlSpec(bridge, width, tanh, tanh, tanh, AlSpec.Inverse.MSE);
  }

  private static Method.Parts parts(
      Losses losses, ExitSpec last, Context context, LookAhead lookAhead, double momentum) {
    OptimiserSpec none = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    ExitSpec exit = new ExitSpec(Features.GRID);
    return new Method.Parts(losses, exit, last, none, 1, context, lookAhead, momentum);
  }

  /** The second unit has one value, whose rows are all alike once their mean is taken. */
  @Test
  void blocksDoNotEndWhereTheirLossCannotReadWhatStandsThere() {
    List<List<LayerSpec>> units = units(new Backbone.Mlp(List.of(32, 1, 32, 4)));
    HeadSpec identity = new HeadSpec(HeadSpec.Kind.IDENTITY, Features.FLAT, 1, 1);
    LossSpec similarity = new LossSpec.PredSim(0.9, identity);
    Shape input = Shape.map(1, 2, 2);
    assertThat(cut(input, units, 2, PLAIN)).containsExactly(2, 2);
    assertThat(cut(input, units, 2, similarity)).containsExactly(1, 3);
    assertThat(cut(input, units, 3, similarity)).containsExactly(1, 2, 1);
    assertThatThrownBy(() -> cut(input, units, 4, similarity))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "Invalid output for predsim: [1] (must have at least 2 values to compare rows by)");
  }

  /** A first block of more units than that leaves fewer than the classifier has copies of. */
  @Test
  void theFirstBlockLeavesAsManyUnitsAsItsClassifierLooksAhead() {
    List<List<LayerSpec>> units = units(new Backbone.Mlp(List.of(64, 64, 64, 64, 64, 64)));
    Losses losses = Losses.of(PLAIN);
    ExitSpec exit = new ExitSpec(Features.FLAT);
    for (int depth = 5; depth <= 7; depth++) {
      Method.Parts parts = parts(losses, exit, Context.NONE, new LookAhead(depth, 0), 0);
      BalancedCut.Blocks blocks = cut -> Method.PRED.blocks(cut, parts);
      Shape input = Shape.map(1, 8, 8);
      if (depth == 7) {
        assertThatThrownBy(() -> BalancedCut.of(input, 10, units, 2, blocks, Cost.Measure.FLOPS))
            .isInstanceOf(InvalidValueException.class)
            .hasMessage(
                "Invalid exit.look-ahead.depth: 7 (must be at most 6, as 5 units follow block 1)");
      } else {
        assertThat(BalancedCut.of(input, 10, units, 2, blocks, Cost.Measure.FLOPS).get(0))
            .isLessThanOrEqualTo(7 - depth);
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
    return cost(new NetworkSpec(IMAGE, 10, blocks), measure);
  }

  private static double[] cost(NetworkSpec network, Cost.Measure measure) {
    double[] cost = new double[2];
    for (Cost block : Cost.of(network)) {
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
        blocks -> blocks.stream().map(layers -> block(layers, loss)).toList(),
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
