package io.blockwise.job.config.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import io.blockwise.base.UserException;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpaceTest {
  private static final String MANY =
      "training { learning-rate { log = [1e-4, 1e-1] }, momentum { uniform = [0, 0.5] },"
          + " batch-size = [32, 64] }, vgg-small.width { integer = [1, 3] }";

  @Test
  void valuesAreWithinTheirRangesAndEvenlyInTheLogarithm() {
    List<SortedMap<String, ConfigValue>> drawn = space(MANY).draw(2000, 1);
    assertThat(drawn).hasSize(2000);
    assertThat(numbers(drawn, "training.learning-rate")).allMatch(x -> x >= 1e-4 && x <= 1e-1);
    assertThat(numbers(drawn, "training.learning-rate").stream().filter(x -> x < 3.162e-3).count())
        .as("half of them")
        .isBetween(900L, 1100L);
    assertThat(numbers(drawn, "training.momentum")).allMatch(x -> x >= 0 && x <= 0.5);
    assertThat(numbers(drawn, "training.batch-size")).containsOnly(32.0, 64.0);
    assertThat(numbers(drawn, "vgg-small.width")).containsOnly(1.0, 2.0, 3.0);
  }

  @Test
  void theSameSeedDrawsTheSameAndMoreCandidatesBeginWithFewer() {
    List<SortedMap<String, ConfigValue>> many = space(MANY).draw(30, 7);
    assertThat(space(MANY).draw(30, 7)).isEqualTo(many);
    assertThat(space(MANY).draw(10, 7)).isEqualTo(many.subList(0, 10));
    assertThat(space(MANY).draw(10, 8)).isNotEqualTo(many.subList(0, 10));
  }

  @Test
  void noCandidateComesTwiceAndASmallSpaceEnds() {
    assertThat(space("method = [bp, pred], seed = [1, 2, 3]").draw(50, 1)).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 'Invalid compare.search.space: {}'",
        "a = [] | 'Invalid compare.search.space.a: [] in String:1 (must have a value at least)'",
        "a = 3 | 'Invalid compare.search.space.a: 3 in String:1 (must be a list of values, or'",
        "a { b {} } | 'Invalid compare.search.space.a.b: {} in String:1 (must be a list'",
        "a { log = [1, 1] } | 'must go from a number to a larger one)'",
        "a { uniform = [2, 1] } | 'must go from a number to a larger one)'",
        "a { log = [0, 1] } | '(must begin above 0 with log)'",
        "a { integer = [0.5, 2] } | '(must be whole numbers with integer, of nine digits at most)'",
        "a { log = [1, 2], uniform = [1, 2] } | 'must be one of uniform, log and integer'",
        "a { log = [1, 2, 3] } | 'must be one of uniform, log and integer'",
        "a { log = 3 } | 'must be one of uniform, log and integer'",
      })
  void whatIsNoRangeIsRefused(String space, String message) {
    assertThatThrownBy(() -> space(space))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  private static Space space(String text) {
    return Space.of(ConfigFactory.parseString(text).root());
  }

  private static List<Double> numbers(List<SortedMap<String, ConfigValue>> drawn, String key) {
    return drawn.stream()
        .map(values -> ((Number) values.get(key).unwrapped()).doubleValue())
        .toList();
  }
}
