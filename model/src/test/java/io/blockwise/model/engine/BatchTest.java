package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final Shape SHAPE = Shape.map(2, 3, 4);

  private final FloatField left = new FloatField(SHAPE, 5);
  private final TokenField right = new TokenField(5);
  private final Batch two = new Batch(inOrder("left", left, "right", right), 5);

  private static Map<String, BatchField> inOrder(
      String first, BatchField main, String second, BatchField side) {
    Map<String, BatchField> fields = new LinkedHashMap<>();
    fields.put(first, main);
    fields.put(second, side);
    return fields;
  }

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
  void theFirstFieldIsTheInput() {
    assertThat(two.inputs()).isSameAs(left.values());
    assertThat(two.shape()).isEqualTo(SHAPE);
    assertThat(two.tokens()).isEmpty();
    assertThat(two.sides()).containsExactly(Map.entry("right", right));
    Batch turned = new Batch(inOrder("right", right, "left", left), 5);
    assertThat(turned.tokens()).containsSame(right);
    assertThatThrownBy(turned::inputs)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot read a first field of floats: the batch has the fields [right, left]");
  }

  @Test
  void fieldsOfAnotherCapacityAreRefused() {
    assertThatThrownBy(() -> new Batch(Map.of("left", left), 4))
        .hasMessage("Invalid fields: [left] (must be at least one, each for 4 rows)");
    assertThatThrownBy(() -> new Batch(Map.of(), 4)).hasMessageStartingWith("Invalid fields: []");
  }

  @Test
  void anExampleIsARowInEveryView() {
    Batch views = new Batch(Map.of("left", new FloatField(SHAPE, 6)), 6, 2);
    views.examples(2);
    assertThat(views.examples()).isEqualTo(2);
    assertThat(views.rows()).isEqualTo(4);
    assertThatThrownBy(() -> views.examples(4)).hasMessage("Invalid rows: 4 (must be from 0 to 3)");
    assertThatThrownBy(() -> views.rows(2))
        .hasMessage("Cannot count rows of 2 views (count examples)");
    assertThatThrownBy(() -> new Batch(Map.of("left", left), 5, 2))
        .hasMessage("Invalid views: 2 (must be at least 1, and a divisor of the capacity 5)");
  }

  @Test
  void rowsCountOneUntilItIsSaidOtherwise() {
    assertThat(two.weighted()).isFalse();
    assertThat(two.weight(4)).isEqualTo(1);
    assertThat(two.weights()).isEmpty();
    two.weighted(true);
    two.rows(3);
    two.weight(1, 0.5f);
    assertThat(two.weighted()).isTrue();
    assertThat(two.weight(1)).isEqualTo(0.5f);
    assertThat(two.weights()).containsExactly(1, 0.5f, 1);
    two.weighted(false);
    assertThat(two.weights()).isEmpty();
  }

  @Test
  void weightsThatNoMeanCanHaveAreRefused() {
    assertThatThrownBy(() -> two.weight(1, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("Cannot weigh row 1: the batch is not weighted");
    two.weighted(true);
    for (float counts : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> two.weight(1, counts))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Invalid weight: " + counts + " of row 1 (must be finite, above 0)");
    }
    assertThat(two.weight(1)).isEqualTo(1);
  }

  @Test
  void moreRowsThanFitAreRefused() {
    two.rows(5);
    assertThat(two.rows()).isEqualTo(5);
    assertThatThrownBy(() -> two.rows(6)).hasMessage("Invalid rows: 6 (must be from 0 to 5)");
  }
}
