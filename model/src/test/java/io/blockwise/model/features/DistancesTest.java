package io.blockwise.model.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.testing.RandomSeed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DistancesTest {
  @RegisterExtension final RandomSeed seed = new RandomSeed();

  /** Class 0 at 0, 3 and 6 on an axis, class 1 at 4 on the other one, class 2 without rows. */
  private static final FeatureRows SMALL =
      new FeatureRows(new float[] {0, 0, 3, 0, 6, 0, 0, 4}, 2, new int[] {0, 0, 0, 1}, 3);

  @Test
  void distancesAreMeansOverClassesOfMeansOverPairs() {
    Distances raw = Distances.ofRaw(SMALL);
    assertThat(raw.intra()).isCloseTo((3 + 6 + 3) / 3.0, within(1e-12));
    // Both classes have the same three pairs with the other.
    assertThat(raw.inter()).isCloseTo((4 + 5 + Math.sqrt(52)) / 3, within(1e-12));
    assertThat(raw.ratio()).isCloseTo(raw.inter() / raw.intra(), within(1e-12));
  }

  @Test
  void normalisedRowsDifferInDirectionAloneAndZerosStayZeros() {
    Distances normalised = Distances.ofNormalised(SMALL);
    assertThat(normalised.intra()).isCloseTo((1 + 1 + 0) / 3.0, within(1e-12));
    assertThat(normalised.inter()).isCloseTo((1 + 2 * Math.sqrt(2)) / 3, within(1e-12));
  }

  @Test
  void scaleChangesNeitherTheRatioNorWhatIsNormalised() {
    Random random = seed.random();
    float[] values = new float[60 * 7];
    float[] scaled = new float[values.length];
    int[] labels = new int[60];
    for (int i = 0; i < values.length; i++) {
      values[i] = 3 * random.nextFloat() - 1;
      scaled[i] = 64 * values[i];
      labels[i / 7] = i / 7 % 4;
    }
    FeatureRows rows = new FeatureRows(values, 7, labels, 4);
    FeatureRows larger = new FeatureRows(scaled, 7, labels, 4);
    assertThat(Distances.ofRaw(larger).ratio())
        .isCloseTo(Distances.ofRaw(rows).ratio(), within(1e-9));
    assertThat(Distances.ofRaw(larger).intra())
        .isCloseTo(64 * Distances.ofRaw(rows).intra(), within(1e-6));
    assertThat(Distances.ofNormalised(larger).ratio())
        .isCloseTo(Distances.ofNormalised(rows).ratio(), within(1e-9));
  }
}
