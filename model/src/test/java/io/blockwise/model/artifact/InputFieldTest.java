package io.blockwise.model.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.blockwise.base.InvalidValueException;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SpecJson;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputFieldTest {
  private static final InputField.Numbers NUMBERS =
      new InputField.Numbers(List.of("price", "year"), List.of(1.5, 2000.0), List.of(0.5, 1.0));

  /** As a model has them. */
  record Fields(Map<String, InputField> fields) {}

  @Test
  void numbersAreReadAsTheyWereWritten() {
    Fields fields = new Fields(Map.of("numbers", NUMBERS));
    ObjectNode tree = SpecJson.toTree(fields);
    assertThat(tree.at("/fields/numbers/kind").asText()).isEqualTo("numbers");
    assertThat(tree.at("/fields/numbers/missing_as_mean").isMissingNode()).isTrue();
    assertThat(SpecJson.fromTree(tree, Fields.class)).isEqualTo(fields);
  }

  @Test
  void numbersThatMayBeMissingSaySo() {
    InputField gaps = new InputField.Numbers(List.of("a"), List.of(1.0), List.of(2.0), true);
    Fields fields = new Fields(Map.of("numbers", gaps));
    ObjectNode tree = SpecJson.toTree(fields);
    assertThat(tree.at("/fields/numbers/missing_as_mean").asBoolean()).isTrue();
    assertThat(SpecJson.fromTree(tree, Fields.class)).isEqualTo(fields);
    assertThat(gaps).hasToString("columns a, missing ones as the mean");
  }

  @Test
  void numbersAreAVectorOfOnePerColumn() {
    NUMBERS.requireFits(Shape.vector(2));
    assertThatThrownBy(() -> NUMBERS.requireFits(Shape.vector(3)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("Invalid numbers: ");
    assertThat(NUMBERS).hasToString("columns price, year");
  }

  @Test
  void statisticsThatDoNotFitTheColumnsAreRefused() {
    List<Double> one = List.of(1.0);
    for (List<Double> std : List.of(List.of(0.0), List.of(Double.NaN), List.of(1.0, 1.0))) {
      assertThatThrownBy(() -> new InputField.Numbers(List.of("a"), one, std))
          .isInstanceOf(InvalidValueException.class)
          .hasMessage(
              "Invalid numbers: [a] of mean [1.0], std "
                  + std
                  + " (must be one finite mean and one std above 0 per column)");
    }
  }
}
