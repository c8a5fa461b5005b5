package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
        .containsExactly("cross-entropy", "scpl", "cross-entropy", "predsim");
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
  void dataThatDoesNotFitTheBackboneIsRefusedWithTheBlock() {
    List<List<LayerSpec>> blocks = new Backbone.VggSmall(8).blocks();
    assertThatThrownBy(
            () -> Method.SCPL.network(Shape.map(1, 4, 4), 10, blocks, Specs.parts(Specs.SCPL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot build block 3 for input [1, 4, 4]");
  }
}
