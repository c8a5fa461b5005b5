package io.blockwise.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.SideInput.Join;
import io.blockwise.model.spec.assembly.Method;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a further field of the rows goes through before a block's layers read it. */
class SideInputTest {
  private static final Shape NUMBERS = Shape.vector(2);
  private static final Shape TITLES = Shape.tokens(5, 9);
  private static final LayerSpec EMBEDDING = new TextLayers.Embedding(4, 0);

  private static SideInput numbers(Join join) {
    return new SideInput("numbers", NUMBERS, join, List.of());
  }

  private static SideInput titles(Join join) {
    return new SideInput("title", TITLES, join, List.of(EMBEDDING));
  }

  private static Shape read(SideInput side, Shape input) {
    return side.joined(input, side.module("side.0", input).output());
  }

  @Test
  void sequencesBecomeLonger() {
    Shape input = Shape.sequence(6, 3);
    assertThat(read(titles(Join.SEQUENCE), input)).isEqualTo(Shape.sequence(11, 3));
    assertThat(read(numbers(Join.SEQUENCE), input)).isEqualTo(Shape.sequence(7, 3));
  }

  @Test
  void vectorsBecomeWider() {
    assertThat(read(titles(Join.VECTOR), Shape.vector(6))).isEqualTo(Shape.vector(10));
    assertThat(read(numbers(Join.VECTOR), Shape.vector(6))).isEqualTo(Shape.vector(8));
  }

  @Test
  void whatIsAddedTakesTheShapeOfTheBlocksInput() {
    for (Shape input : List.of(Shape.vector(6), Shape.sequence(6, 3), Shape.map(4, 8, 8))) {
      assertThat(read(titles(Join.ADD), input)).isEqualTo(input);
      assertThat(read(numbers(Join.ADD), input)).isEqualTo(input);
    }
  }

  @Test
  void aFieldIsNoSequenceBehindAMap() {
    assertThatThrownBy(() -> read(numbers(Join.SEQUENCE), Shape.map(4, 8, 8)))
        .hasMessage(
            "Invalid side.inputs.join: sequence (needs a block that reads a sequence [positions,"
                + " features], and this one reads [4, 8, 8]: use add)");
    assertThatThrownBy(() -> read(numbers(Join.VECTOR), Shape.map(4, 8, 8)))
        .hasMessageStartingWith("Invalid side.inputs.join: vector (needs a block that reads a vec");
  }

  @Test
  void rowsWithoutAFieldGoAsFarAsNoBlockReadsIt() {
    NetworkSpec network = Specs.small(Method.PRED);
    int blocks = network.blocks().size();
    NetworkSpec with = network.with(blocks, List.of(numbers(Join.ADD)));
    assertThat(with.reach(Set.of())).isEqualTo(blocks - 1);
    assertThat(with.reach(Set.of("numbers", "other"))).isEqualTo(blocks);
    assertThat(network.reach(Set.of())).isEqualTo(blocks);
  }

  @Test
  void whatAFieldGoesThroughIsOfTheBlocksBody() {
    NetworkSpec network = Specs.small(Method.PRED);
    NetworkSpec with = network.with(2, List.of(numbers(Join.ADD)));
    int channels = network.borders().get(1).activation().channels();
    assertThat(DecoupledNetwork.layouts(with).get(1).parameters().lengthOfBody())
        .isEqualTo(
            DecoupledNetwork.layouts(network).get(1).parameters().lengthOfBody() + 3 * channels);
    assertThat(ExitCosts.of(with).blocks().get(1))
        .isEqualTo(ExitCosts.of(network).blocks().get(1) + 2 * 2 * channels);
    assertThat(ExitCosts.of(with).exits()).isEqualTo(ExitCosts.of(network).exits());
  }

  @Test
  void theFirstBlockReadsTheDataAlone() {
    NetworkSpec network = Specs.small(Method.PRED);
    assertThatThrownBy(() -> network.with(1, List.of(numbers(Join.ADD))))
        .hasMessage(
            "Invalid side.inputs.block: 1 (must be from 2 on: the first block reads the data's own"
                + " field)");
    assertThatThrownBy(() -> network.with(9, List.of(numbers(Join.ADD))))
        .hasMessage("Invalid side.inputs.block: 9 (must be from 2 to %s)", network.blocks().size());
  }

  @Test
  void aTableIsTheFirstOfABlocksTensors() {
    BlockSpec block =
        Specs.small(Method.PRED).blocks().get(1).with(List.of(numbers(Join.ADD), titles(Join.ADD)));
    assertThat(block.tensors(Border.of(Shape.map(4, 8, 8)), 10).get(0).name())
        .isEqualTo("side.1.0.weight");
    assertThat(block.embeddedField()).contains("title");
    assertThat(block.embedding()).contains((TextLayers.Embedding) EMBEDDING);
  }
}
