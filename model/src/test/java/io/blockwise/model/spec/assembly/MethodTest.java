package io.blockwise.model.spec.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Names;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Locality;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Momentum;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.Specs;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MethodTest {
  @Test
  void everyBlockIsGivenTheLossTheExitAndTheOptimiser() {
    NetworkSpec network = Specs.small(Method.SCPL);
    assertThat(network.blocks()).hasSize(3);
    assertThat(network.blocks())
        .allSatisfy(
            block -> {
              assertThat(block.loss()).isEqualTo(Specs.SCPL);
              assertThat(block.exit()).isEqualTo(new ExitSpec(Features.FLAT));
              assertThat(block.optimiser()).isEqualTo(Specs.OPTIMISER);
            });
  }

  @Test
  void everyMethodHasALossOfItsOwnUnlessAnotherIsChosen() {
    assertThat(Stream.of(Method.values()).map(Method::loss))
        .containsExactly("cross-entropy", "scpl", "cross-entropy", "al", "predsim", "deinforeg");
    assertThat(Specs.small(Method.PRED, Specs.SCPL).blocks())
        .allSatisfy(block -> assertThat(block.loss()).isEqualTo(Specs.SCPL));
  }

  @Test
  void backpropagationJoinsTheBlocksIntoOne() {
    NetworkSpec joined = Specs.small(Method.BP);
    NetworkSpec cut = Specs.small(Method.PRED);
    assertThat(joined.blocks()).hasSize(1);
    assertThat(joined.blocks().get(0).layers())
        .isEqualTo(cut.blocks().stream().flatMap(block -> block.layers().stream()).toList());
    assertThat(joined.blocks().get(0).loss()).isEqualTo(new LossSpec.CrossEntropy());
  }

  @Test
  void allBlocksButTheLastHaveTheSpanAndAllButTheFirstTheContext() {
    NetworkSpec network = of(Method.PRED, 2, Context.IMAGE);
    assertThat(network.blocks()).extracting(BlockSpec::span).containsExactly(2, 2, 1);
    assertThat(network.blocks())
        .extracting(BlockSpec::context)
        .containsExactly(Context.NONE, Context.IMAGE, Context.IMAGE);
    assertThat(network.withOptimisers(Collections.nCopies(3, Specs.OPTIMISER))).isEqualTo(network);
  }

  @Test
  void whatOneBlockCannotHaveIsRefused() {
    assertThatThrownBy(() -> of(Method.BP, 2, Context.NONE))
        .hasMessage("Invalid span: 2 (must be 1 for a network of one block, as no loss follows)");
    assertThatThrownBy(() -> of(Method.BP, 1, Context.NONE, LookAhead.NONE, 0.9))
        .hasMessage(
            "Invalid exit.momentum: 0.9 (must be 0 for a network of one block, which none follows)");
    assertThatThrownBy(() -> of(Method.BP, 1, Context.NONE, new LookAhead(2, 0), 0))
        .hasMessage(
            "Invalid exit.look-ahead.depth: 2 (must be 0 for a network of one block, which nothing"
                + " follows)");
    assertThatThrownBy(() -> of(Method.PRED, 1, Context.NONE, new LookAhead(2, 0), 0.9))
        .hasMessage("Invalid exit.momentum: 0.9 (must be 0 with exit.look-ahead.depth above 0)");
    assertThatThrownBy(() -> of(Method.BP, 1, Context.IMAGE))
        .hasMessage(
            "Invalid context: image (must be none for a network of one block, which reads the image"
                + " itself)");
  }

  @Test
  void momentumIsRefusedBesideContext() {
    assertThatThrownBy(() -> of(Method.PRED, 1, Context.IMAGE, LookAhead.NONE, 0.9))
        .hasMessage(
            "Invalid exit.momentum: 0.9 (must be 0 with context image, as the next block's first"
                + " layers then read more than the exit does)");
  }

  @Test
  void aNetworkSaysHowFarItsGradientsGo() {
    assertThat(of(Method.BP, 1, Context.NONE).locality()).isEqualTo(Locality.GLOBAL);
    assertThat(of(Method.PRED, 1, Context.NONE).locality()).isEqualTo(Locality.LOCAL);
    assertThat(of(Method.PRED, 2, Context.NONE).locality()).isEqualTo(Locality.SEMI_LOCAL);
    List<BlockSpec> blocks = of(Method.PRED, 2, Context.NONE).blocks();
    assertThat(
            new NetworkSpec(
                    Specs.IMAGE, 10, List.of(blocks.get(0), blocks.get(2).with(Context.NONE)))
                .locality())
        .isEqualTo(Locality.GLOBAL_WITH_AUXILIARY_LOSS);
    assertThatThrownBy(() -> new NetworkSpec(Specs.IMAGE, 10, blocks.subList(0, 2)))
        .hasMessage("Invalid span: 2 (must be 1 for the last block, block 2, as no loss follows)");
  }

  @Test
  void anExitWithMomentumReadsByTheFirstLayersOfTheNextBlock() {
    List<BlockSpec> blocks = of(Method.PRED, 1, Context.NONE, LookAhead.NONE, 0.9).blocks();
    assertThat(blocks.get(0).momentum())
        .isEqualTo(new Momentum(blocks.get(1).layers().subList(0, 3), 0.9));
    assertThat(blocks.get(1).momentum().layers()).isEqualTo(blocks.get(2).layers().subList(0, 3));
    assertThat(blocks.get(2).momentum()).isEqualTo(Momentum.NONE);
  }

  @Test
  void whatIsAskedOfExitsThatNoLossHasIsRefused() {
    String rule = ", whose exits read no block's output)";
    assertThatThrownBy(() -> of(Losses.of(Specs.AL), new LookAhead(3, 0), 0))
        .hasMessage("Invalid exit.look-ahead.depth: 3 (must be 0 with loss al" + rule);
    assertThatThrownBy(() -> of(Losses.of(Specs.DEINFOREG), LookAhead.NONE, 0.9))
        .hasMessage("Invalid exit.momentum: 0.9 (must be 0 with loss deinforeg" + rule);
    LossSpec entropy = new LossSpec.CrossEntropy();
    Losses last = new Losses(Specs.AL, List.of(), Optional.of(entropy));
    assertThatThrownBy(() -> of(last, LookAhead.NONE, 0.9))
        .as("the last exit has none")
        .hasMessage("Invalid exit.momentum: 0.9 (must be 0 with loss al" + rule);
    Momentum momentum = of(Losses.of(entropy), LookAhead.NONE, 0.9).blocks().get(0).momentum();
    BlockSpec targets = of(Losses.of(Specs.AL), LookAhead.NONE, 0).blocks().get(0);
    assertThatThrownBy(() -> targets.with(momentum))
        .hasMessage("Invalid exit.momentum: 0.9 (must be 0 with loss al" + rule);
  }

  @Test
  void whatTeachesBlocksByTheirExitsIsRefusedWhereAllExitsAreProbes() {
    String rule = ", whose exits are probes here, which train no block)";
    LossSpec entropy = new LossSpec.CrossEntropy();
    LossSpec similar = new LossSpec.PredSim(1, Specs.HEAD);
    for (LossSpec probed : List.of(Specs.SCPL, unmerged(), similar)) {
      String name = Names.of(probed.getClass());
      Losses last = new Losses(probed, List.of(), Optional.of(entropy));
      for (Losses losses : List.of(Losses.of(probed), last)) {
        assertThatThrownBy(() -> of(losses, new LookAhead(2, 0), 0))
            .hasMessage("Invalid exit.look-ahead.depth: 2 (must be 0 with loss " + name + rule);
        assertThatThrownBy(() -> of(losses, LookAhead.NONE, 0.9))
            .hasMessage("Invalid exit.momentum: 0.9 (must be 0 with loss " + name + rule);
      }
    }
    LossSpec predicting = new LossSpec.PredSim(0.99, Specs.HEAD);
    assertThat(of(Losses.of(predicting), new LookAhead(2, 0), 0).blocks().get(0).exit().ahead())
        .isNotEmpty();
  }

  @Test
  void whatIsAskedOfExitsIsAskedOfThoseThatTrainTheirBlocks() {
    LossSpec entropy = new LossSpec.CrossEntropy();
    Losses mixed = new Losses(entropy, List.of(Specs.AL, entropy, entropy), Optional.empty());
    assertThat(of(mixed, LookAhead.NONE, 0.9).blocks())
        .extracting(block -> block.momentum().exists())
        .containsExactly(false, true, false);
    assertThat(of(mixed, new LookAhead(3, 0), 0).blocks().get(1).exit().ahead()).isNotEmpty();
    Losses probed = new Losses(entropy, List.of(Specs.SCPL, entropy, entropy), Optional.empty());
    assertThat(of(probed, LookAhead.NONE, 0.9).blocks())
        .extracting(block -> block.momentum().exists())
        .containsExactly(false, true, false);
    assertThat(of(probed, new LookAhead(3, 0), 0).blocks())
        .extracting(block -> block.exit().ahead().isEmpty())
        .containsExactly(true, false, true);
  }

  private static LossSpec unmerged() {
    DeInfoRegSpec merged = Specs.DEINFOREG;
    DeInfoRegSpec.Exit exit =
        new DeInfoRegSpec.Exit(DeInfoRegSpec.Exit.Kind.UNMERGE, true, LossSpec.Activation.RELU);
    return new DeInfoRegSpec(
        merged.scaling(), merged.weights(), merged.alpha(), exit, merged.head());
  }

  /** Whether it is a probe or trains its block, and whatever the others begin with. */
  @Test
  void theLastBlockHasItsOwnExitWhateverItsLoss() {
    LossSpec entropy = new LossSpec.CrossEntropy();
    ExitSpec all = new ExitSpec(Features.POOLED);
    ExitSpec last = new ExitSpec(Features.FLAT);
    for (LossSpec ofLast : List.of(entropy, Specs.SCPL)) {
      List<LossSpec> each = List.of(Specs.SCPL, entropy, ofLast);
      Method.Parts parts =
          new Method.Parts(
              new Losses(entropy, each, Optional.empty()),
              all,
              last,
              Specs.OPTIMISER,
              1,
              Context.NONE,
              new LookAhead(2, 0),
              0);
      List<BlockSpec> blocks =
          Method.PRED.network(Specs.IMAGE, 10, new Backbone.VggSmall(8).blocks(), parts).blocks();
      assertThat(blocks.get(0).exit()).isEqualTo(all);
      assertThat(blocks.get(1).exit().ahead()).isNotEmpty();
      assertThat(blocks.get(2).exit()).isEqualTo(last);
    }
  }

  private static NetworkSpec of(Losses losses, LookAhead lookAhead, double momentum) {
    return of(Method.PRED, losses, 1, Context.NONE, lookAhead, momentum);
  }

  private static NetworkSpec of(Method method, int span, Context context) {
    return of(method, span, context, LookAhead.NONE, 0);
  }

  private static NetworkSpec of(
      Method method, int span, Context context, LookAhead lookAhead, double momentum) {
    Losses losses = Losses.of(new LossSpec.CrossEntropy());
    return of(method, losses, span, context, lookAhead, momentum);
  }

  private static NetworkSpec of(
      Method method,
      Losses losses,
      int span,
      Context context,
      LookAhead lookAhead,
      double momentum) {
    Method.Parts parts =
        new Method.Parts(
            losses,
            new ExitSpec(Features.POOLED),
            new ExitSpec(Features.POOLED),
            Specs.OPTIMISER,
            span,
            context,
            lookAhead,
            momentum);
    return method.network(Specs.IMAGE, 10, new Backbone.VggSmall(8).blocks(), parts);
  }

  @Test
  void dataThatDoesNotFitTheBackboneIsRefusedWithTheBlock() {
    List<List<LayerSpec>> blocks = new Backbone.VggSmall(8).blocks();
    assertThatThrownBy(
            () -> Method.SCPL.network(Shape.map(1, 4, 4), 10, blocks, Specs.parts(Specs.SCPL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot build block 3 for input [1, 4, 4]");
  }
}
