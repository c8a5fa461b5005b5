package io.blockwise.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void controlCharactersAreWrittenOut() {
    assertThat(Printable.of("a\nb\r\tc\u001b[2Jd\u0000\u009b"))
        .isEqualTo("a\\nb\\r\\tc\\u001b[2Jd\\u0000\\u009b");
    assertThat(Printable.of("left\u202eright\u2028")).isEqualTo("left\\u202eright\\u2028");
  }

  @Test
  void otherTextStaysAsItIs() {
    assertThat(Printable.of("größe 図 🙂 \\n")).isEqualTo("größe 図 🙂 \\n");
    assertThat(Printable.isPrintable("größe 図 🙂 \\n")).isTrue();
    assertThat(Printable.isPrintable("a\u001b")).isFalse();
  }

  @Test
  void longTextIsShortened() {
    assertThat(Printable.of("x".repeat(5000))).hasSize(303).endsWith("x...");
  }
}
