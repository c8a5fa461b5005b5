package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StandStillTest {
  private long now;
  private final StandStill still = new StandStill(7, () -> now);

  @Test
  void timeAddsUpAsLongAsTheCountIsTheSame() {
    assertThat(lookAfter(2, 7)).hasSeconds(2);
    assertThat(lookAfter(3, 7)).hasSeconds(5);
    assertThat(lookAfter(4, 8)).isZero();
    assertThat(lookAfter(1, 8)).hasSeconds(1);
  }

  @Test
  void timeInWhichNobodyLookedCountsForFiveSecondsOnly() {
    assertThat(lookAfter(1000, 7)).hasSeconds(5);
    assertThat(lookAfter(1000, 7)).hasSeconds(10);
  }

  private Duration lookAfter(long seconds, long count) {
    now += Duration.ofSeconds(seconds).toNanos();
    return still.look(count);
  }
}
