package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeCapabilityTest {
  @Test
  void generationsAreOrderedByMajorThenMinor() {
    assertThat(ComputeCapability.parse(" 8.6\n")).hasValue(new ComputeCapability(8, 6));
    assertThat(new ComputeCapability(8, 9)).isLessThan(new ComputeCapability(9, 0));
    assertThat(new ComputeCapability(3, 7)).isGreaterThan(new ComputeCapability(3, 5));
    assertThat(new ComputeCapability(10, 0)).isGreaterThan(new ComputeCapability(9, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "[N/A]", "8.6.1", "No devices were found"})
  void otherTextIsNone(String text) {
    assertThat(ComputeCapability.parse(text)).isEmpty();
  }
}
