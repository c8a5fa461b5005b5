package io.blockwise.model.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.TestDevice;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
  /** Corners of a square far from 0, in units that differ by a million. */
  private static FeatureRows square(long seed, boolean crossed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[2 * 1000];
    int[] labels = new int[1000];
    for (int row = 0; row < labels.length; row++) {
      boolean right = random.nextBoolean();
      boolean up = random.nextBoolean();
      values[2 * row] = 1000 * (5 + (right ? 1 : 0) + (float) random.nextDouble(0.1));
      values[2 * row + 1] = 0.001f * (5 + (up ? 1 : 0) + (float) random.nextDouble(0.1));
      labels[row] = crossed ? (right ^ up ? 1 : 0) : right ? 0 : up ? 1 : 2;
    }
    return new FeatureRows(values, 2, labels, 3);
  }

  @Test
  void classesThatLinesTellApartAreToldInWhateverUnits() {
    try (LinearProbe probe = new LinearProbe(TestDevice.torch(), square(1, false), 1)) {
      assertThat(probe.accuracy(square(2, false))).isEqualTo(1);
    }
  }

  @Test
  void classesThatNoLineTellsApartAreNotTold() {
    try (LinearProbe probe = new LinearProbe(TestDevice.torch(), square(1, true), 1)) {
      assertThat(probe.accuracy(square(2, true))).isLessThan(0.8);
    }
  }

  @Test
  void theSeedDecidesTheProbe() {
    FeatureRows rows = square(1, true);
    double first = 0;
    for (int run = 0; run < 2; run++) {
      try (LinearProbe probe = new LinearProbe(TestDevice.torch(), rows, 5)) {
        first = run == 0 ? probe.accuracy(rows) : first;
        assertThat(probe.accuracy(rows)).isEqualTo(first);
      }
    }
  }
}
