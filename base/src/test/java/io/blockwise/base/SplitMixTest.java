package io.blockwise.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SplitMixTest {
  @Test
  void copyGoesOnAsItsOriginalWould() {
    SplitMix random = new SplitMix(7);
    random.bits();
    SplitMix copy = random.copy();
    long next = copy.bits();
    assertThat(next).isEqualTo(random.bits());
    copy.bits();
    assertThat(random.bits()).isNotEqualTo(next);
  }

  /** Computed from the algorithm's paper, in another language. */
  @Test
  void bitsAreThoseOfThePaper() {
    SplitMix random = new SplitMix(1234567);
    assertThat(Long.toUnsignedString(random.bits())).isEqualTo("6457827717110365317");
    assertThat(Long.toUnsignedString(random.bits())).isEqualTo("3203168211198807973");
    assertThat(Long.toUnsignedString(random.bits())).isEqualTo("9817491932198370423");
  }

  @Test
  void keysOfOtherNumbersDiffer() {
    assertThat(SplitMix.key(1, 2, 3)).isNotEqualTo(SplitMix.key(3, 2, 1));
    assertThat(SplitMix.combine(1, 2)).isNotEqualTo(SplitMix.combine(2, 1));
  }

  @Test
  void normalDrawsHaveTheSharesOfTheirDistribution() {
    SplitMix random = new SplitMix(SplitMix.combine(3, 0));
    double[] draws = DoubleStream.generate(random::normal).limit(100_000).toArray();
    // Expected 0.6827, 0.9545 and 0.9973; the standard error is below 0.0015.
    assertThat(shareWithin(draws, 1)).isCloseTo(0.6827, within(0.006));
    assertThat(shareWithin(draws, 2)).isCloseTo(0.9545, within(0.003));
    assertThat(shareWithin(draws, 3)).isCloseTo(0.9973, within(0.001));
    assertThat(DoubleStream.of(draws).average().orElseThrow()).isCloseTo(0, within(0.015));
  }

  private static double shareWithin(double[] draws, double bound) {
    return DoubleStream.of(draws).filter(draw -> Math.abs(draw) < bound).count()
        / (double) draws.length;
  }

  @Test
  void drawsStayWithinTheirBounds() {
    SplitMix random = new SplitMix(SplitMix.combine(1, 0));
    for (int i = 0; i < 10_000; i++) {
      assertThat(random.below(7)).isBetween(0, 6);
      assertThat(random.between(-2, 3)).isGreaterThanOrEqualTo(-2).isLessThan(3);
      assertThat(random.bell()).isBetween(-5.0, 5.0);
    }
  }
}
