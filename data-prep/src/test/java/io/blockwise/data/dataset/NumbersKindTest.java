package io.blockwise.data.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.junit.jupiter.api.Test;

class NumbersKindTest {
  private static final NumbersKind KIND =
      new NumbersKind(List.of("price", "year"), List.of(1.0, 2.0), List.of(1.0, 0.5));

  @Test
  void columnsAndStatisticsThatDoNotFitAreRefused() {
    List<Double> one = List.of(1.0);
    assertThatThrownBy(() -> new NumbersKind(List.of()))
        .hasMessage("its columns are [] (must be at least one, and none twice)");
    assertThatThrownBy(() -> new NumbersKind(List.of("a", "a")))
        .hasMessage("its columns are [a, a] (must be at least one, and none twice)");
    assertThatThrownBy(() -> new NumbersKind(List.of("a", "b"), one, one))
        .hasMessage("mean is [1.0], which are not 2 numbers of that kind");
    assertThatThrownBy(() -> new NumbersKind(List.of("a"), one, List.of(0.0)))
        .hasMessage("standard_deviation is [0.0], which are not 1 numbers of that kind");
    assertThatThrownBy(() -> new NumbersKind(List.of("a"), List.of(Double.NaN), one))
        .hasMessage("mean is [NaN], which are not 1 numbers of that kind");
    assertThat(new NumbersKind(List.of("a")).measured()).isFalse();
    assertThat(KIND.measured()).isTrue();
    assertThat(KIND.rowBytes()).isEqualTo(8);
  }

  @Test
  void rowsOfOtherNumbersThanOnePerColumnAreRefused() {
    assertThat(read(1, 2).numbers()).containsExactly(0, 0, 1, 2);
    assertThatThrownBy(() -> read(1)).hasMessage("row 1 has 1 numbers instead of 2");
    assertThatThrownBy(() -> read(1, 2, 3)).hasMessage("row 1 has 3 numbers instead of 2");
    assertThatThrownBy(() -> read(1, Float.NaN)).hasMessage("row 1 has a number that is NaN");
  }

  /** Into the second of two rows, as Parquet gives them. */
  private static NumberValues read(float... numbers) {
    NumberValues values = KIND.values(2);
    GroupConverter column = values.unpacker(() -> 1).asGroupConverter();
    GroupConverter list = column.getConverter(0).asGroupConverter();
    PrimitiveConverter element = list.getConverter(0).asPrimitiveConverter();
    column.start();
    for (float number : numbers) {
      element.addFloat(number);
    }
    column.end();
    return values;
  }
}
