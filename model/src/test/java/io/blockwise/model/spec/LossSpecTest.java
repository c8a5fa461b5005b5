package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.assembly.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossSpecTest {
  private static final Shape MAP = Shape.map(4, 6, 6);

  @ParameterizedTest
  @EnumSource(value = HeadSpec.Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "SMALL_CONV")
  void aHeadReadsMapsAndVectors(HeadSpec.Kind kind) {
    for (Shape output : List.of(MAP, Shape.vector(9))) {
      ModuleSpec head = predSim(kind).modules(Border.of(output), 10).get("head");
      assertThat(head.input()).isEqualTo(output);
      assertThat(head.output().getClass())
          .isEqualTo(kind == HeadSpec.Kind.CONVOLUTION ? output.getClass() : Shape.Vector.class);
    }
  }

  @Test
  void aBlockHandsOnNoTargetThatItsLossDoesNotMake() {
    Border in = Border.of(Shape.map(3, 32, 32)).withTarget(Shape.vector(10));
    for (BlockSpec block : Specs.small(Method.PREDSIM).blocks()) {
      in = block.output(in, 10);
    }
    assertThat(in).isEqualTo(Border.of(Shape.map(32, 4, 4)));
  }

  @Test
  void blocksThatLearnTargetsMakeOneOfTheOther() {
    NetworkSpec network = Specs.small(Method.AL);
    assertThat(network.borders().stream().map(Border::target))
        .containsExactly(
            Optional.empty(),
            Optional.of(Shape.vector(24)),
            Optional.of(Shape.vector(24)),
            Optional.of(Shape.vector(24)));
    List<ModuleSpec> first = modules(network, 0);
    List<ModuleSpec> second = modules(network, 1);
    assertThat(first.stream().map(ModuleSpec::input).skip(1))
        .containsExactly(Shape.map(8, 16, 16), Shape.vector(10), Shape.vector(24));
    assertThat(first.stream().map(ModuleSpec::output).skip(1))
        .containsExactly(Shape.vector(24), Shape.vector(24), Shape.vector(10));
    assertThat(second.stream().map(ModuleSpec::output).skip(1))
        .containsExactly(Shape.vector(24), Shape.vector(24), Shape.vector(24));
    assertThat(first.get(3).parts()).hasSize(1);
    assertThat(second.get(3).parts()).hasSize(2);
  }

  private static List<ModuleSpec> modules(NetworkSpec network, int block) {
    return List.copyOf(
        network.blocks().get(block).modules(network.borders().get(block), 10).values());
  }

  @Test
  void blocksThatLearnTargetsBehindOthersAreRefused() {
    List<List<LayerSpec>> layers = new Backbone.VggSmall(8).blocks();
    List<BlockSpec> blocks = new ArrayList<>();
    for (LossSpec loss : List.of(Specs.AL, Specs.SCPL, Specs.AL)) {
      blocks.add(
          new BlockSpec(
              layers.get(blocks.size()), loss, new ExitSpec(Features.POOLED), Specs.OPTIMISER));
    }
    assertThat(new NetworkSpec(Specs.IMAGE, 10, blocks.subList(0, 2)).borders().get(2).target())
        .isEmpty();
    assertThatThrownBy(() -> new NetworkSpec(Specs.IMAGE, 10, blocks))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot build block 3 with loss al: block 2 has loss scpl and hands on no target (give"
                + " the first blocks loss al, and others those behind them)");
  }

  @Test
  void targetsAndBridgesWithoutUnitsAreRefused() {
    AlSpec.Bridge bridge = Specs.AL.bridge();
    assertThatThrownBy(
            () ->
                new AlSpec(
                    bridge,
                    0,
                    LossSpec.Activation.TANH,
                    LossSpec.Activation.TANH,
                    LossSpec.Activation.NONE,
                    AlSpec.Inverse.MSE))
        .hasMessage("Invalid al.width: 0 (must be at least 1)");
    assertThatThrownBy(
            () -> new AlSpec.Bridge(Features.FLAT, List.of(3, 0), LossSpec.Activation.TANH))
        .hasMessage("Invalid al.bridge.hidden: [3, 0] (must be widths, each at least 1)");
  }

  @Test
  void anExitOfEmbeddingsReadsThemAndAnotherTheOutput() {
    NetworkSpec network = Specs.small(Method.DEINFOREG);
    ModuleSpec exit = network.blocks().get(0).modules(network.borders().get(0), 10).get("exit");
    assertThat(exit.input()).isEqualTo(Shape.vector(64));
    assertThat(exit.tensors().stream().map(TensorSpec::name))
        .containsExactly(
            "exit.norm.weight",
            "exit.norm.bias",
            "exit.norm.running_mean",
            "exit.norm.running_var",
            "exit.weight",
            "exit.bias");
    DeInfoRegSpec.Exit unmerge =
        new DeInfoRegSpec.Exit(DeInfoRegSpec.Exit.Kind.UNMERGE, true, LossSpec.Activation.RELU);
    LossSpec loss =
        new DeInfoRegSpec(DeInfoRegSpec.Scaling.AUTHORS, List.of(), 0.001, unmerge, Specs.HEAD);
    assertThat(loss.exit(new ExitSpec(Features.FLAT), MAP, 10).orElseThrow().input())
        .isEqualTo(MAP);
  }

  @Test
  void weightsThatAreNotThreeFromZeroAreRefused() {
    for (List<Double> weights :
        List.of(List.of(1.0), List.of(1.0, -1.0, 1.0), List.of(1.0, 1.0, Double.NaN))) {
      assertThatThrownBy(
              () ->
                  new DeInfoRegSpec(
                      DeInfoRegSpec.Scaling.AUTHORS,
                      weights,
                      0.001,
                      Specs.DEINFOREG.exit(),
                      Specs.HEAD))
          .hasMessage(
              "Invalid deinforeg.weights: "
                  + weights
                  + " (must be empty, or three from 0: of invariance, variance and covariance)");
    }
  }

  @Test
  void aContrastOfMapsIsRefused() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 1, 1);
    assertThatThrownBy(() -> new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head))
        .hasMessage(
            "Invalid scpl.head.kind: convolution (must be identity, linear, mlp, mlp-bn or small-conv)");
  }

  @Test
  void aShareAboveOneIsRefused() {
    assertThatThrownBy(() -> new LossSpec.PredSim(1.5, Specs.HEAD))
        .hasMessage("Invalid predsim.beta: 1.5 (must be from 0.0 to 1.0)");
  }

  @Test
  void aLossThatCannotReadABlocksOutputIsRefusedWithTheBlock() {
    List<LayerSpec> narrow = List.of(new LayerSpec.Flatten(), new LayerSpec.Dense(1, true));
    BlockSpec block =
        new BlockSpec(
            narrow,
            predSim(HeadSpec.Kind.CONVOLUTION),
            new ExitSpec(Features.POOLED),
            Specs.OPTIMISER);
    assertThatThrownBy(() -> new NetworkSpec(MAP, 10, List.of(block)))
        .hasMessage(
            "Cannot build block 1 for input [4, 6, 6]: Invalid output for predsim: [1] (must have at"
                + " least 2 values to compare rows by) (choose another backbone or loss, or data of"
                + " another shape)");
  }

  private static LossSpec predSim(HeadSpec.Kind kind) {
    return new LossSpec.PredSim(0.99, new HeadSpec(kind, Features.POOLED, 7, 5));
  }
}
