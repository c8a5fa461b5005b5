package io.blockwise.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class LastLineTest {
  private final StringWriter all = new StringWriter();
  private final LastLine line = new LastLine(all);
  private final PrintWriter writer = new PrintWriter(line, true);

  @Test
  void whatWasWrittenLastIsKeptAndEverythingPassesOn() {
    writer.println("first");
    writer.printf("Cannot %s%n", "go on");
    writer.println();
    assertThat(line.text()).isEqualTo("Cannot go on");
    assertThat(all.toString()).isEqualTo("first\nCannot go on\n\n");
  }

  @Test
  void aLineNeedsNoEnd() {
    writer.print("first\nsecond");
    writer.flush();
    assertThat(line.text()).isEqualTo("second");
  }

  @Test
  void nothingIsEmpty() {
    assertThat(line.text()).isEmpty();
  }
}
