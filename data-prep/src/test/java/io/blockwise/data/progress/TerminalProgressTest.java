package io.blockwise.data.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
  private final AtomicLong nanos = new AtomicLong(7);
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @Test
  void barIsDrawnOverItselfAndEndsItsLine() {
    Progress progress = progress(TerminalProgress.Style.BAR);
    Step step = new Step("Downloading x", 3_000_000, Step.Unit.BYTES);
    progress.advanced(step, 0);
    progress.advanced(step, 1_500_000);
    progress.advanced(step, 3_000_000);
    assertThat(text())
        .contains("\rDownloading x [" + ".".repeat(30) + "] 0.0 MB of 3.0 MB")
        .contains("\rDownloading x [" + "#".repeat(15) + ".".repeat(15) + "] 1.5 MB of 3.0 MB")
        .endsWith("[" + "#".repeat(30) + "] 3.0 MB of 3.0 MB" + System.lineSeparator());
  }

  @Test
  void withoutATerminalEachTenthIsALine() {
    Progress progress = progress(TerminalProgress.Style.LINES);
    Step step = new Step("Writing shards", 100, Step.Unit.PIECES);
    for (int done = 0; done <= 100; done++) {
      progress.advanced(step, done);
    }
    assertThat(text().lines())
        .hasSize(11)
        .startsWith("Writing shards: 0 of 100", "Writing shards: 10 of 100");
  }

  @Test
  void timeLeftIsThatOfThePaceSoFar() {
    Progress progress = progress(TerminalProgress.Style.LINES);
    Step step = new Step("Writing shards", 100, Step.Unit.PIECES);
    progress.advanced(step, 20); // what was done before tells nothing of the pace
    nanos.addAndGet(1_500_000_000);
    progress.advanced(step, 30);
    nanos.addAndGet(8_500_000_000L);
    progress.advanced(step, 40);
    nanos.addAndGet(990_000_000_000L);
    progress.advanced(step, 90);
    progress.advanced(step, 100);
    assertThat(text().lines())
        .containsExactly(
            "Writing shards: 20 of 100",
            "Writing shards: 30 of 100",
            "Writing shards: 40 of 100, 30 s left",
            "Writing shards: 90 of 100, 2 min left",
            "Writing shards: 100 of 100");
  }

  @Test
  void barLeavesNothingOfALongerLine() {
    Progress progress = progress(TerminalProgress.Style.BAR);
    Step step = new Step("Writing shards", 100, Step.Unit.PIECES);
    progress.advanced(step, 0);
    nanos.addAndGet(4_000_000_000L);
    progress.advanced(step, 50);
    progress.advanced(step, 100);
    assertThat(text())
        .endsWith(
            "50 of 100, 4 s left\rWriting shards ["
                + "#".repeat(30)
                + "] 100 of 100         "
                + System.lineSeparator());
  }

  @Test
  void unknownTotalShowsWhatIsDone() {
    progress(TerminalProgress.Style.LINES)
        .advanced(new Step("Downloading x", -1, Step.Unit.BYTES), 25_000_000);
    assertThat(text()).isEqualTo("Downloading x: 25.0 MB" + System.lineSeparator());
  }

  private Progress progress(TerminalProgress.Style style) {
    return new TerminalProgress(new PrintStream(shown, true, UTF_8), style, nanos::get);
  }

  private String text() {
    return shown.toString(UTF_8);
  }
}
