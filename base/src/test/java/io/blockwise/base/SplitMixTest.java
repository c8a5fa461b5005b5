package io.blockwise.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitMixTest {
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
  void drawsStayWithinTheirBounds() {
    SplitMix random = new SplitMix(SplitMix.combine(1, 0));
    for (int i = 0; i < 10_000; i++) {
      assertThat(random.below(7)).isBetween(0, 6);
      assertThat(random.between(-2, 3)).isGreaterThanOrEqualTo(-2).isLessThan(3);
      assertThat(random.bell()).isBetween(-5.0, 5.0);
    }
  }
}
