package io.blockwise.job.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Table TABLE =
      new Table(
          List.of("run", "a|b"),
          List.of(List.of("x, \"y\"", "1 ± 2"), List.of("two\nlines", "<b> \\| é")));

  @Test
  void markdownEscapesWhatWouldBeAnotherCellLineOrElement() {
    assertThat(TABLE.markdown())
        .isEqualTo(
            """
            | run | a\\|b |
            | --- | ---: |
            | x, "y" | 1 ± 2 |
            | two lines | &lt;b> \\\\\\| é |
            """);
  }

  @Test
  void csvQuotesCommasQuotesAndNewlines() {
    assertThat(TABLE.csv())
        .isEqualTo("run,a|b\n\"x, \"\"y\"\"\",1 ± 2\n\"two\nlines\",<b> \\| é\n");
  }

  @Test
  void rowOfAnotherLengthIsRefused() {
    assertThatThrownBy(() -> new Table(List.of("a"), List.of(List.of("1", "2"))))
        .hasMessage("[1, 2] does not fit below [a]");
  }

  @Test
  void deviationIsThatOfASample() {
    Mean mean = Mean.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
    assertThat(mean.mean()).isEqualTo(5);
    assertThat(mean.deviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
    assertThat(mean.text(10, 1)).isEqualTo("50.0 ± 21.4");
    assertThat(Mean.of(List.of(0.4655)).text(100, 2)).isEqualTo("46.55");
  }
}
