package io.blockwise.job.training.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.BlockFigures.Sum;
import io.blockwise.model.network.NetworkFigures;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalTest {
  private long now;

  @Test
  void everyPieceHoldsWhatCameSinceTheOneBefore() {
    Interval interval = interval(Duration.ofSeconds(10));
    now += 9_000_000_000L;
    assertThat(interval.end(sums(30, 60, 3))).isEmpty();
    now += 3_000_000_000L;
    Interval.Piece first = interval.end(sums(48, 96, 12)).orElseThrow();
    assertThat(first.examplesPerSecond()).isEqualTo(4);
    assertThat(first.sums().losses()).containsExactly(2.0);
    assertThat(first.sums().accuracies()).containsExactly(0.25);
    now += 9_000_000_000L;
    assertThat(interval.end(sums(90, 200, 30))).isEmpty();
    now += 1_000_000_000L;
    Interval.Piece second = interval.end(sums(148, 146, 62)).orElseThrow();
    assertThat(second.sums()).isEqualTo(sums(100, 50, 50));
    assertThat(second.examplesPerSecond()).isEqualTo(10);
  }

  @Test
  void noTimeMeansNoPieces() {
    Interval interval = interval(Duration.ZERO);
    now += Long.MAX_VALUE / 2;
    assertThat(interval.end(sums(10, 10, 10))).isEmpty();
  }

  private Interval interval(Duration length) {
    return new Interval(length, () -> now, 1);
  }

  private static NetworkFigures sums(long rows, double loss, long correct) {
    return new NetworkFigures(
        rows, List.of(new BlockFigures(List.of(new Sum("loss", loss, true)), rows, correct)));
  }
}
