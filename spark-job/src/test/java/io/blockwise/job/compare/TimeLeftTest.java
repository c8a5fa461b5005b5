package io.blockwise.job.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.config.comparison.Comparison.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeLeftTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong();
  private List<Run> runs;

  @BeforeEach
  void readRuns(@TempDir Path directory) throws IOException {
    Path conf = directory.resolve("x.conf");
    Files.writeString(conf, "compare { seeds = [1, 2], runs { slow {}, fast { method = bp } } }");
    runs = Comparison.load(conf, List.of()).runs(); // slow 1, slow 2, fast 1, fast 2
  }

  @Test
  void nothingTellsUntilARunHasGotSomewhere() {
    TimeLeft left = new TimeLeft(runs, 1, clock::get);
    left.started(runs.get(0));
    clock.set(SECOND);
    assertThat(left.seconds(runs.get(0), 0.01)).isNaN();
    assertThat(left.seconds(runs.get(0), 0.1)).isCloseTo(9 + 3 * 10, within(1e-6));
  }

  @Test
  void runsTakeAsLongAsThoseOfTheirConfigurationElseAsTheMeanOfAll() {
    TimeLeft left = new TimeLeft(runs, 1, clock::get);
    left.started(runs.get(0));
    left.took(runs.get(0), 100);
    left.ended(runs.get(0));
    left.started(runs.get(1));
    assertThat(left.seconds(runs.get(1), 0)).isCloseTo(100 + 2 * 100, within(1e-6));
    left.ended(runs.get(1));
    left.took(runs.get(1), 100);
    left.started(runs.get(2));
    clock.set(20 * SECOND);
    assertThat(left.seconds(runs.get(2), 0.5)).isCloseTo(20 + 40, within(1e-6));
  }

  @Test
  void whatEarlierRunsTookCountsAndRunsAtOnceShareTheTime() {
    TimeLeft left = new TimeLeft(runs.subList(1, 4), 2, clock::get);
    left.took(runs.get(0), 60);
    left.started(runs.get(1));
    left.started(runs.get(2));
    assertThat(left.seconds(runs.get(1), 0.0)).isCloseTo(3 * 60 / 2.0, within(1e-6));
    left.ended(runs.get(1));
    left.ended(runs.get(2));
    left.started(runs.get(3));
    assertThat(left.seconds(runs.get(3), 0.0))
        .as("the last one is alone")
        .isCloseTo(60, within(1e-6));
  }
}
