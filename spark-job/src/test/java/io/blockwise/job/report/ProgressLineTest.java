package io.blockwise.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String ERASE = "\r\u001b[K";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong clock = new AtomicLong(5 * SECOND);

  @Test
  void lineHoldsEveryFigure() {
    ProgressLine line = ProgressLine.plain(out, clock::get);
    line.update(progress(1, 0));
    clock.addAndGet(60 * SECOND);
    line.update(progress(2, 0.25));
    assertThat(printed().lines().toList().get(1))
        .isEqualTo(
            "epoch 2/4   25 %  3:00 min left  1234 examples/s  loss 1.250 0.500"
                + "  validation 45.0 61.3 %  2 workers  staleness 0.75");
  }

  @Test
  void figuresThatAreNotThereYetAreLeftOut() {
    ProgressLine line = ProgressLine.plain(out, clock::get);
    line.update(new Progress(1, 4, 0, 0, 0, List.of(), List.of(), 1, averaging(0)));
    assertThat(printed().strip())
        .isEqualTo("epoch 1/4    0 %  ? left  0 examples/s  1 worker  staleness 0.00");
  }

  @Test
  void gainsAndRatesAreShownWhereThereAreAny() {
    ProgressLine line = ProgressLine.plain(out, clock::get);
    line.update(
        progress(
            1, 0, new Progress.Averaging(0.75, List.of(1.0, 1.414), List.of(1.4142e-3, 1e-3))));
    assertThat(printed().strip())
        .endsWith("2 workers  staleness 0.75  gain 1.00 1.41  rate 0.00141 0.00100");
  }

  @Test
  void timeLeftCountsFromWhereTheRunStarted() {
    ProgressLine line = ProgressLine.plain(out, clock::get);
    line.update(progress(2, 0.5));
    clock.addAndGet(20 * SECOND);
    line.update(progress(2, 0.6));
    clock.addAndGet(20_000 * SECOND);
    line.update(progress(2, 0.7));
    assertThat(printed()).contains("60 %  1:20 min left").contains("70 %  8:20 h left");
  }

  @Test
  void fileGetsALineEveryTenSecondsAndOnePerEpoch() {
    ProgressLine line = ProgressLine.plain(out, clock::get);
    for (int i = 0; i < 100; i++) {
      line.update(progress(1, i / 100.0));
      clock.addAndGet(SECOND / 2);
    }
    assertThat(printed().lines()).hasSize(5).noneMatch(text -> text.contains("\r"));
    line.epochDone(progress(1, 1));
    assertThat(printed().lines()).hasSize(6);
    line.close();
    assertThat(printed()).endsWith("0.75" + System.lineSeparator());
  }

  @Test
  void terminalsLineIsRewrittenUntilTheEpochEnds() {
    ProgressLine line = ProgressLine.onTerminal(out, clock::get, () -> 200);
    line.update(progress(1, 0.1));
    line.update(progress(1, 0.2));
    clock.addAndGet(SECOND);
    line.update(progress(1, 0.3));
    line.epochDone(progress(1, 0.4));
    line.epochDone(progress(2, 0.8));
    String rest = "[^\r\n]*";
    String newLine = System.lineSeparator();
    assertThat(printed().replace("\u001b[K", "<erase>").replaceAll("\u001b\\[\\?7[lh]", ""))
        .matches(
            "\r<erase>epoch 1/4   10 %"
                + rest
                + "\r<erase>epoch 1/4   30 %"
                + rest
                + "\r<erase>epoch 1/4   40 %"
                + rest
                + newLine
                + "epoch 2/4   80 %"
                + rest
                + newLine);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "111 | epoch 1/4    0 %  ? left  1234 examples/s  loss 1.250 0.500  validation 45.0 61.3 %  2 workers  staleness 0.75",
        "110 | epoch 1/4    0 %  ? left  1234 examples/s  loss 1.250 0.500  validation 45.0 61.3 %  2 workers",
        "80  | epoch 1/4    0 %  ? left  loss 1.250 0.500  validation 45.0 61.3 %",
        "50  | epoch 1/4    0 %  ? left  validation 45.0 61.3 %",
        "46  | epoch 1/4    0 %  validation 45.0 61.3 %",
        "17  | epoch 1/4    0 %",
        "11  | epoch 1/4",
        "1   | ''",
      })
  void terminalsLineIsAsLongAsFitsAndNeverWrapped(int columns, String text) {
    ProgressLine line = ProgressLine.onTerminal(out, clock::get, () -> columns);
    line.update(progress(1, 0));
    assertThat(text).hasSizeLessThan(columns);
    assertThat(printed().replaceAll(" +\u001b\\[\\?7h", "\u001b[?7h")) // CSV has no blanks there
        .isEqualTo(ERASE + "\u001b[?7l" + text + "\u001b[?7h");
  }

  @Test
  void terminalsLineFollowsItsSize() {
    AtomicInteger columns = new AtomicInteger(200);
    ProgressLine line = ProgressLine.onTerminal(out, clock::get, columns::get);
    line.update(progress(1, 0));
    assertThat(printed()).contains("staleness");
    bytes.reset();
    clock.addAndGet(SECOND);
    columns.set(80);
    line.update(progress(1, 0));
    assertThat(printed()).contains("validation").doesNotContain("staleness");
  }

  @Test
  void terminalsLineIsEndedByClose() {
    ProgressLine line = ProgressLine.onTerminal(out, clock::get, () -> 200);
    line.update(progress(1, 0));
    line.close();
    line.close();
    assertThat(printed()).endsWith("0.75\u001b[?7h" + System.lineSeparator());
  }

  private static Progress progress(int epoch, double fraction) {
    return progress(epoch, fraction, averaging(0.75));
  }

  private static Progress progress(int epoch, double fraction, Progress.Averaging averaging) {
    return new Progress(
        epoch, 4, fraction, 0, 1234.4, List.of(1.25, 0.5), List.of(0.45, 0.6125), 2, averaging);
  }

  private static Progress.Averaging averaging(double staleness) {
    return new Progress.Averaging(staleness, List.of(), List.of());
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
