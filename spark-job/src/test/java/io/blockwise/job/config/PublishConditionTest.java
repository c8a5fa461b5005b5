package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishConditionTest {
  @ParameterizedTest
  @CsvSource({
    "validation-accuracy >= latest - 0.005, 0.496, 0.5, true",
    "validation-accuracy >= latest - 0.005, 0.494, 0.5, false",
    "validation-accuracy>=latest, 0.5, 0.5, true",
    "validation-accuracy >= latest + .01, 0.505, 0.5, false",
    "validation-accuracy >= 0.9, 0.91, 0.95, true",
    "validation-accuracy >= 0.9, 0.89, 0.1, false",
    "'', 0, 1, true",
  })
  void figuresAreCompared(String text, double reached, double latest, boolean published) {
    assertThat(PublishCondition.of(text).verdict(reached, OptionalDouble.of(latest)).publish())
        .isEqualTo(published);
  }

  @Test
  void firstVersionIsPublishedUnlessANumberIsAskedFor() {
    OptionalDouble none = OptionalDouble.empty();
    assertThat(PublishCondition.of("validation-accuracy >= latest").verdict(0.1, none).publish())
        .isTrue();
    PublishCondition.Verdict verdict =
        PublishCondition.of("validation-accuracy >= 0.5").verdict(0.1, none);
    assertThat(verdict.publish()).isFalse();
    assertThat(verdict)
        .hasToString("its validation accuracy is 10.00 %, and 50.00 % was asked for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test-accuracy >= 0.5",
        "validation-accuracy > 0.5",
        "validation-accuracy >= best",
        "validation-accuracy >= latest - 1.5",
        "validation-accuracy >= 90",
      })
  void whatIsNoConditionIsRefused(String text) {
    assertThatThrownBy(() -> PublishCondition.of(text))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("Invalid publish.if: " + text);
  }
}
