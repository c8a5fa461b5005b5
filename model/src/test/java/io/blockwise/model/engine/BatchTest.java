package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final Shape SHAPE = Shape.map(2, 3, 4);

  private final FloatField left = new FloatField(SHAPE, 5);
  private final Batch two = new Batch(Map.of("left", left, "right", new FloatField(SHAPE, 5)), 5);

  @Test
  void fieldsAreFoundByName() {
    assertThat(two.field("left", FloatField.class)).isSameAs(left);
    assertThat(two.capacity()).isEqualTo(5);
    assertThat(left.values()).hasSize(5 * 24);
    assertThatThrownBy(() -> two.field("middle", FloatField.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "Cannot read field middle as FloatField: the batch has the fields ");
  }

  @Test
  void theOnlyFieldIsTheInput() {
    Batch one = new Batch(Map.of("left", left), 5);
    assertThat(one.inputs()).isSameAs(left.values());
    assertThat(one.shape()).isEqualTo(SHAPE);
    assertThatThrownBy(two::inputs)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot read one field of floats: the batch has the fields ");
  }

  @Test
  void fieldsOfAnotherCapacityAreRefused() {
    assertThatThrownBy(() -> new Batch(Map.of("left", left), 4))
        .hasMessage("Invalid fields: [left] (must be at least one, each for 4 examples)");
    assertThatThrownBy(() -> new Batch(Map.of(), 4)).hasMessageStartingWith("Invalid fields: []");
  }

  @Test
  void moreRowsThanFitAreRefused() {
    two.rows(5);
    assertThat(two.rows()).isEqualTo(5);
    assertThatThrownBy(() -> two.rows(6)).hasMessage("Invalid rows: 6 (must be from 0 to 5)");
  }
}
