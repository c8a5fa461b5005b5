package io.blockwise.model.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FeatureRowsTest {
  private static final int ROWS = 5000;

  @Test
  void valueThatIsTheSameEverywhereHasDeviationOneThoughItsMeanIsRounded() {
    float[] values = new float[2 * ROWS];
    for (int row = 0; row < ROWS; row++) {
      values[2 * row] = 0.1f;
      values[2 * row + 1] = row % 2;
    }
    FeatureRows rows = new FeatureRows(values, 2, new int[ROWS], 2);
    double[] deviations = rows.deviations(rows.means());
    assertThat(deviations[0]).isEqualTo(1);
    assertThat(deviations[1]).isCloseTo(0.5, org.assertj.core.api.Assertions.within(1e-9));
  }

  @Test
  void deadValueHasDeviationOne() {
    FeatureRows rows = new FeatureRows(new float[6], 2, new int[3], 2);
    assertThat(Arrays.stream(rows.deviations(rows.means()))).containsOnly(1.0);
  }
}
