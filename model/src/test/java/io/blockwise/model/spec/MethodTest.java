package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MethodTest {
  @Test
  void scplGivesEveryBlockTheContrastiveLoss() {
    NetworkSpec network = Specs.small(Method.SCPL);
    assertThat(network.blocks()).hasSize(3);
    assertThat(network.blocks())
        .allSatisfy(
            block -> {
              assertThat(block.loss()).isEqualTo(Specs.PARTS.scpl());
              assertThat(block.exit()).isEqualTo(Specs.PARTS.exit());
              assertThat(block.optimiser()).isEqualTo(Specs.PARTS.optimiser());
            });
  }

  @Test
  void predGivesEveryBlockCrossEntropy() {
    NetworkSpec network = Specs.small(Method.PRED);
    assertThat(network.blocks()).hasSize(3);
    assertThat(network.blocks())
        .allSatisfy(block -> assertThat(block.loss()).isEqualTo(new LossSpec.CrossEntropy()));
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
    assertThatThrownBy(() -> Method.SCPL.network(Shape.map(1, 4, 4), 10, blocks, Specs.PARTS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot build block 3 for input [1, 4, 4]");
  }
}
