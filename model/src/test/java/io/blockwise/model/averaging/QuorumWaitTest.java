package io.blockwise.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuorumWaitTest {
  @ParameterizedTest
  @CsvSource({
    "all, all",
    "grace, grace",
    "2s, 2s",
    "500ms, 500ms",
    "700us, 700000ns",
    "7 ns, 7ns",
    "3m, 180s",
    "1h, 3600s",
    "1d, 86400s",
    "1000ms, 1s"
  })
  void whatIsReadIsWrittenSoThatItReadsBack(String text, String written) {
    QuorumWait wait = QuorumWait.parse(text);
    assertThat(wait).hasToString(written);
    assertThat(QuorumWait.parse(written)).isEqualTo(wait);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "All", "0s", "-1s", "1", "1.5s", "s", "2 weeks", "99999999999999s"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> QuorumWait.parse(text))
        .hasMessage(
            "Invalid averaging.quorum.wait: "
                + text
                + " (must be all, grace or a time above 0 such as 500ms or 2s)");
  }

  @Test
  void onlyATimeHasALengthWhichIsAboveZero() {
    assertThatThrownBy(() -> QuorumWait.of(Duration.ZERO))
        .hasMessage("Invalid averaging.quorum.wait: 0s (must be above 0)");
    assertThatThrownBy(() -> new QuorumWait(QuorumWait.Kind.GRACE, Duration.ofSeconds(1)))
        .hasMessage("Invalid averaging.quorum.wait: 1s (must be 0s for all and grace)");
  }
}
