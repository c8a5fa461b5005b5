package io.blockwise.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "20260131T120000Z-seed-3", "v1.2_x"})
  void nameOfLettersAndDigitsIsKept(String name) {
    assertThat(FileNames.require("run-id", name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_nightly", ".x", "-x", "a b", "a/b", "größe", "a\n", "..", "١"})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> FileNames.require("run-id", name))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("Invalid run-id: ")
        .hasMessageEndingWith(
            " (must be at most 100 letters, digits, '.', '_' and '-', and start with a letter or"
                + " digit)")
        .hasMessageNotContaining("\n");
  }

  @Test
  void nameIsLimitedInLength() {
    assertThat(FileNames.isPlain("x".repeat(100))).isTrue();
    assertThat(FileNames.isPlain("x".repeat(101))).isFalse();
  }
}
