package io.blockwise.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalWidthTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong(5 * SECOND);

  @TempDir Path directory;

  @Test
  void widthIsAskedAnewEveryFiveSeconds() throws IOException {
    Path size = Files.writeString(directory.resolve("size"), "24 100\n");
    TerminalWidth width = new TerminalWidth(clock::get, List.of("cat", size.toString()));
    assertThat(width.getAsInt()).isEqualTo(100);
    Files.writeString(size, "24 60\n");
    clock.addAndGet(5 * SECOND - 1);
    assertThat(width.getAsInt()).isEqualTo(100);
    clock.addAndGet(1);
    assertThat(width.getAsInt()).isEqualTo(60);
  }

  @Test
  void widthIs80WhereNobodyKnows() throws IOException {
    Path size = Files.writeString(directory.resolve("size"), "0 0\n");
    assertThat(new TerminalWidth(clock::get, List.of("cat", size.toString())).getAsInt())
        .isEqualTo(80);
    assertThat(new TerminalWidth(clock::get, List.of("no-such-command")).getAsInt()).isEqualTo(80);
    assertThat(new TerminalWidth(clock::get, List.of("true")).getAsInt()).isEqualTo(80);
  }
}
