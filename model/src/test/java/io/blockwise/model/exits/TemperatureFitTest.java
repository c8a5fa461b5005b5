package io.blockwise.model.exits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.InvalidValueException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TemperatureFitTest {
  private static final int CLASSES = 4;

  /** Scores of which labels are drawn by their softmax at a temperature. */
  private static void fill(TemperatureFit fit, int rows, double temperature, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < rows; i++) {
      float[] scores = new float[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        scores[c] = (float) random.nextDouble(-4, 4);
      }
      double[] probabilities = Said.of(scores, 0, CLASSES, temperature).probabilities();
      double drawn = random.nextDouble();
      int label = 0;
      while (label < CLASSES - 1 && drawn >= probabilities[label]) {
        drawn -= probabilities[label++];
      }
      // the second exit says the same three times as loudly
      float[] loud = scores.clone();
      for (int c = 0; c < CLASSES; c++) {
        loud[c] *= 3;
      }
      fit.add(List.of(scores, loud), 0, CLASSES, label);
    }
  }

  @Test
  void findsTheTemperatureThatLabelsWereDrawnAt() {
    TemperatureFit fit = new TemperatureFit(2);
    fill(fit, 20_000, 1.7, 1);
    assertThat(fit.temperatures().of(0)).isCloseTo(1.7, within(0.08));
    assertThat(fit.temperatures().of(1)).isCloseTo(3 * fit.temperatures().of(0), within(0.05));
  }

  @Test
  void partsAddUpToTheWhole() {
    TemperatureFit whole = new TemperatureFit(2);
    fill(whole, 300, 1, 5);
    TemperatureFit doubled = whole.none();
    fill(doubled, 300, 1, 5);
    assertThat(whole.plus(doubled).temperatures().of(0))
        .isCloseTo(whole.temperatures().of(0), within(1e-9));
  }

  @Test
  void ofNoRowItIsOne() {
    assertThat(new TemperatureFit(2).temperatures().values()).containsExactly(1.0, 1.0);
  }

  @Test
  void aTemperatureThatIsNoneIsRefused() {
    assertThatThrownBy(() -> new Temperatures(List.of(1.0, 0.0)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("Invalid temperature: 0.0 (must be above 0)");
    assertThatThrownBy(() -> new Temperatures(List.of(Double.NaN)))
        .isInstanceOf(InvalidValueException.class);
  }
}
