package io.blockwise.data.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class TerminalProgressTest {
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
  void unknownTotalShowsWhatIsDone() {
    progress(TerminalProgress.Style.LINES)
        .advanced(new Step("Downloading x", -1, Step.Unit.BYTES), 25_000_000);
    assertThat(text()).isEqualTo("Downloading x: 25.0 MB" + System.lineSeparator());
  }

  private Progress progress(TerminalProgress.Style style) {
    return new TerminalProgress(new PrintStream(shown, true, UTF_8), style);
  }

  private String text() {
    return shown.toString(UTF_8);
  }
}
