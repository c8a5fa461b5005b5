package io.blockwise.model.spec.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LayerSpec.BatchNorm;
import io.blockwise.model.spec.LayerSpec.Convolution;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Flatten;
import io.blockwise.model.spec.LayerSpec.MaxPool;
import io.blockwise.model.spec.LayerSpec.Relu;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.Specs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which units a classifier copies, and what it makes of them. */
class LookAheadTest {
  private static final List<List<LayerSpec>> VGG_SMALL = new Backbone.VggSmall(32).blocks();

  /** Of vgg-small, whose blocks end with units 1, 3 and 5 of 6, two copies: methods 2k. */
  @ParameterizedTest
  @CsvSource({
    "1, 6, 2, '3 5'",
    "3, 6, 2, '4 5'",
    "5, 6, 2, ''",
    "1, 6, 4, '2 3 4 5'",
    "1, 6, 9, '2 3 4 5'",
    // resnet32: a stem and 15 residual units; half goes to the even one
    "5, 16, 1, '15'",
    "5, 16, 2, '10 15'",
    "5, 16, 4, '8 10 12 15'",
    "0, 16, 4, '4 8 11 15'",
    "10, 16, 4, '11 12 14 15'",
  })
  void unitsAreSpreadEvenlyOverWhatFollows(int last, int units, int wanted, String chosen) {
    assertThat(LookAhead.chosen(last, units, wanted))
        .extracting(String::valueOf)
        .containsExactly(chosen.isEmpty() ? new String[0] : chosen.split(" "));
  }

  @Test
  void copiesAreFreshUnitsOfTheirOriginalsWidthWithThePoolsInBetween() {
    List<LookAhead.Beginning> beginnings = new LookAhead(3, 0).beginnings(VGG_SMALL);
    assertThat(copies(beginnings, 1)).isEqualTo(join(unit(64), pool(), unit(128)));
    assertThat(copies(beginnings, 2)).isEqualTo(join(unit(128), unit(128)));
    assertThat(beginnings.get(2)).isEqualTo(LookAhead.Beginning.NOTHING);
  }

  /** The reference ({@code ga2x4}) writes 2, 1 and 0 copies. */
  @Test
  void aPyramidGetsLowerFromBlockToBlock() {
    List<LookAhead.Beginning> beginnings = new LookAhead(3, 0.5).beginnings(VGG_SMALL);
    assertThat(copies(beginnings, 1)).isEqualTo(join(unit(64), pool(), unit(128)));
    assertThat(copies(beginnings, 2)).isEqualTo(unit(128));
    List<List<LayerSpec>> five = new ArrayList<>();
    for (int width = 1; width <= 5; width++) {
      five.add(unit(width));
    }
    List<LookAhead.Beginning> lower = new LookAhead(5, 0.75).beginnings(five);
    // depths 5, 4, 3 and 2: one copy less each, and as many as follow
    assertThat(widths(lower)).isEqualTo(List.of("2 3 4 5", "3 4 5", "4 5", "5", ""));
  }

  @Test
  void ofTwoBlocksTheFirstHasTheWholeDepthWhateverThePyramid() {
    List<List<LayerSpec>> two = VGG_SMALL.subList(0, 2);
    assertThat(new LookAhead(3, 1).beginnings(two))
        .isEqualTo(new LookAhead(3, 0).beginnings(two))
        .first()
        .satisfies(first -> assertThat(first.copies()).isEqualTo(join(unit(64), unit(64))));
  }

  @Test
  void depthOneIsABatchNormOfTheFeatures() {
    LookAhead.Beginning norm =
        new LookAhead.Beginning(List.of(), List.of(new LayerSpec.BatchNorm()));
    assertThat(new LookAhead(1, 0).beginnings(VGG_SMALL))
        .containsExactly(norm, norm, LookAhead.Beginning.NOTHING);
    assertThat(new LookAhead(3, 1).beginnings(VGG_SMALL).get(1)).isEqualTo(norm);
    assertThat(LookAhead.NONE.beginnings(VGG_SMALL))
        .containsOnly(LookAhead.Beginning.NOTHING)
        .hasSize(3);
  }

  @Test
  void aCopyTakesOverTheStridesOfUnitsThatAreLeftOut() {
    List<LayerSpec> halves = List.of(new Convolution(8, 3, 2, 1, true), new Relu());
    List<List<LayerSpec>> blocks = List.of(unit(4), join(halves, unit(8)), join(halves, unit(6)));
    assertThat(copies(new LookAhead(2, 0).beginnings(blocks), 1))
        .isEqualTo(List.of(new Convolution(6, 3, 4, 1, false), new BatchNorm(), new Relu()));
    assertThat(copies(new LookAhead(5, 0).beginnings(blocks), 1))
        .isEqualTo(join(halves, unit(8), halves, unit(6)));
  }

  /** A shortcut that handed on what it read cannot, where a copy reads other channels. */
  @Test
  void residualUnitsAreCopiedWithAShortcutThatFits() {
    List<LayerSpec> stem = unit(4);
    List<List<LayerSpec>> blocks =
        List.of(
            join(stem, residual(4, 1, List.of())),
            join(residual(8, 2, projection(8, 2)), residual(8, 1, List.of())));
    assertThat(copies(new LookAhead(3, 0).beginnings(blocks), 1)).isEqualTo(blocks.get(1));
    assertThat(copies(new LookAhead(2, 0).beginnings(blocks), 1))
        .isEqualTo(residual(8, 2, projection(8, 2)));
    Shape out =
        new BlockSpec(
                join(blocks.get(0), residual(8, 2, projection(8, 2))),
                new LossSpec.CrossEntropy(),
                new ExitSpec(Features.POOLED),
                Specs.OPTIMISER)
            .output(Border.of(Shape.map(3, 8, 8)), 3)
            .activation();
    assertThat(out).isEqualTo(Shape.map(8, 4, 4));
  }

  private static List<LayerSpec> residual(int filters, int stride, List<LayerSpec> shortcut) {
    List<LayerSpec> body =
        List.of(
            new Convolution(filters, 3, stride, 1, false),
            new BatchNorm(),
            new Relu(),
            new Convolution(filters, 3, 1, 1, false),
            new BatchNorm());
    return List.of(new LayerSpec.Residual(body, shortcut), new Relu());
  }

  private static List<LayerSpec> projection(int filters, int stride) {
    return List.of(new Convolution(filters, 1, stride, 0, false), new BatchNorm());
  }

  @Test
  void fullyConnectedUnitsAreCopiedAsWell() {
    List<List<LayerSpec>> mlp = new Backbone.Mlp(List.of(7, 6, 5)).blocks();
    assertThat(copies(new LookAhead(3, 0).beginnings(mlp), 1))
        .isEqualTo(List.of(new Dense(6, true), new Relu(), new Dense(5, true), new Relu()));
    List<List<LayerSpec>> mixed =
        List.of(unit(4), List.of(new Flatten(), new Dense(6, true), new Relu()));
    assertThat(copies(new LookAhead(2, 0).beginnings(mixed), 1)).isEqualTo(mixed.get(1));
  }

  /** Also where nothing but a dense layer can bring what the shortcut reads to what is added. */
  @Test
  void residualUnitsOfDenseLayersAreCopiedWithAShortcutThatFits() {
    List<List<LayerSpec>> mlp =
        List.of(dense(6), join(dense(5), dense(8), denseResidual(8, List.of())));
    assertThat(copies(new LookAhead(3, 0).beginnings(mlp), 1))
        .isEqualTo(join(dense(8), denseResidual(8, List.of())));
    assertThat(copies(new LookAhead(2, 0).beginnings(mlp), 1))
        .isEqualTo(denseResidual(8, denseProjection(8)));
    assertThat(copies(new LookAhead(2, 0, 0.5).beginnings(mlp), 1))
        .isEqualTo(denseResidual(4, denseProjection(4)));
    List<List<LayerSpec>> flat =
        List.of(join(unit(6), List.of(new Flatten())), denseResidual(6, List.of()));
    assertThat(copies(new LookAhead(2, 0).beginnings(flat), 1))
        .as("values of a flattened map are more than its channels")
        .isEqualTo(denseResidual(6, denseProjection(6)));
  }

  private static List<LayerSpec> denseProjection(int units) {
    return List.of(new Dense(units, false), new BatchNorm());
  }

  @Test
  void aNetworkWhoseExitsLookAheadOverResidualsOfDenseLayersCanBeBuilt() {
    List<List<LayerSpec>> blocks =
        List.of(
            join(unit(3), List.of(new Flatten())),
            join(dense(8), denseResidual(8, List.of())),
            join(List.of(new LayerSpec.Residual(List.of(new Relu()), List.of())), dense(4)),
            denseResidual(4, List.of()));
    for (int depth = 2; depth <= 6; depth++) {
      Method.Parts parts =
          new Method.Parts(
              Losses.of(new LossSpec.CrossEntropy()),
              new ExitSpec(Features.FLAT),
              new ExitSpec(Features.FLAT),
              Specs.OPTIMISER,
              1,
              Context.NONE,
              new LookAhead(depth, 0, 0.5),
              0);
      assertThat(Method.PRED.network(Shape.map(3, 4, 4), 3, blocks, parts).blocks()).hasSize(4);
    }
  }

  private static List<LayerSpec> dense(int units) {
    return List.of(new Dense(units, true), new Relu());
  }

  private static List<LayerSpec> denseResidual(int units, List<LayerSpec> shortcut) {
    List<LayerSpec> body = List.of(new Dense(units, true), new BatchNorm());
    return List.of(new LayerSpec.Residual(body, shortcut), new Relu());
  }

  @Test
  void narrowCopiesHaveAShareOfTheirOriginalsFiltersOrUnits() {
    assertThat(copies(new LookAhead(3, 0.5, 0.625).beginnings(VGG_SMALL), 1))
        .isEqualTo(join(unit(40), pool(), unit(80)));
    assertThat(copies(new LookAhead(3, 0.5, 0.001).beginnings(VGG_SMALL), 1))
        .isEqualTo(join(unit(1), pool(), unit(1)));
    List<List<LayerSpec>> mlp = new Backbone.Mlp(List.of(7, 6, 5)).blocks();
    assertThat(copies(new LookAhead(2, 0, 0.5).beginnings(mlp), 2))
        .isEqualTo(List.of(new Dense(2, true), new Relu()));
    List<List<LayerSpec>> residual =
        List.of(unit(4), join(residual(8, 2, projection(8, 2)), residual(8, 1, List.of())));
    assertThat(copies(new LookAhead(3, 0, 0.5).beginnings(residual), 1))
        .isEqualTo(join(residual(4, 2, projection(4, 2)), residual(4, 1, List.of())));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.5, 1.01, Double.NaN})
  void aWidthThatIsNoShareIsRefused(double width) {
    assertThatThrownBy(() -> new LookAhead(3, 0, width))
        .hasMessage("Invalid exit.look-ahead.width: " + width + " (must be above 0 and at most 1)");
  }

  @ParameterizedTest
  @CsvSource({
    "6, 3, 'must be at most 5, as 4 units follow block 1'",
    "1, 1, 'must be 0 for a network of one block, which nothing follows'",
    "-1, 3, 'must be at least 0'",
  })
  void aDepthThatNoBlockCanUseIsRefused(int depth, int blocks, String rule) {
    assertThatThrownBy(() -> new LookAhead(depth, 0).beginnings(VGG_SMALL.subList(0, blocks)))
        .hasMessage("Invalid exit.look-ahead.depth: " + depth + " (" + rule + ")");
  }

  @Test
  void aPyramidOutOfBoundsIsRefused() {
    assertThatThrownBy(() -> new LookAhead(3, 1.5))
        .hasMessage("Invalid exit.look-ahead.pyramid: 1.5 (must be from 0.0 to 1.0)");
  }

  private static List<LayerSpec> copies(List<LookAhead.Beginning> beginnings, int block) {
    return beginnings.get(block - 1).copies();
  }

  /** The filters of every block's copies. */
  private static List<String> widths(List<LookAhead.Beginning> beginnings) {
    return beginnings.stream()
        .map(
            beginning ->
                beginning.copies().stream()
                    .filter(Convolution.class::isInstance)
                    .map(layer -> String.valueOf(((Convolution) layer).filters()))
                    .reduce((left, right) -> left + " " + right)
                    .orElse(""))
        .toList();
  }

  private static List<LayerSpec> unit(int filters) {
    return List.of(new Convolution(filters, 3, 1, 1, false), new BatchNorm(), new Relu());
  }

  private static List<LayerSpec> pool() {
    return List.of(new MaxPool(2, 2));
  }

  @SafeVarargs
  private static List<LayerSpec> join(List<LayerSpec>... parts) {
    List<LayerSpec> joined = new ArrayList<>();
    for (List<LayerSpec> part : parts) {
      joined.addAll(part);
    }
    return joined;
  }
}
