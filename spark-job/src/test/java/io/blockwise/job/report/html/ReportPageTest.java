package io.blockwise.job.report.html;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ReportPageTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final RunHistory history = new RunHistory();

  private void add(double second, String event, String fields) {
    Instant time = START.plusMillis(Math.round(1000 * second));
    history.add(
        "{\"event\":\"%s\",\"time\":\"%s\"%s}\n"
            .formatted(event, time, fields.isEmpty() ? "" : "," + fields)
            .getBytes(UTF_8));
  }

  private void started(double second) {
    add(second, "started", "\"model\":\"small\",\"blocks\":2,\"workers\":2,\"host\":\"here\"");
  }

  private void epoch(double second, int epoch, double loss) {
    add(
        second,
        "epoch",
        String.format(
            Locale.ROOT,
            "\"epoch\":%d,\"loss\":[%f,null],\"validation_accuracy\":[0.5],"
                + "\"examples_per_second\":100,\"pushes_so_far_by_block\":[{\"accepted\":%d,"
                + "\"received\":9,\"staleness_sum\":%d},{}]",
            epoch,
            loss,
            epoch,
            2 * epoch));
  }

  private void lease(double second, String event, int worker, long lease) {
    add(
        second,
        event,
        "\"worker\":%d,\"lease\":%d,\"seconds\":0.5,\"executor\":\"1\",\"reason\":\"it is gone\""
            .formatted(worker, lease));
  }

  private String page() {
    return ReportPage.of("run", history, Optional.empty());
  }

  @Test
  void runThatHasSaidNothingHasAPage() {
    Document page = Pages.parse(page());
    assertThat(page.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("Run run");
    assertThat(page.getDocumentElement().getTextContent()).contains("No epoch was finished.");
  }

  @Test
  void whatComesFromElsewhereIsText() {
    add(0, "started", "\"model\":\"<script>alert(1)</script> & \\\"'\\u0007\\ud83d\"");
    add(1, "failed", "\"reason\":\"<img src=x> s3a://key:secret@bucket/x\"");
    String text = page();
    Document page = Pages.parse(text);
    assertThat(text).doesNotContain("<script", "<img", "secret");
    assertThat(Pages.valueOf(page, "model")).startsWith("<script>alert(1)</script> & \"'");
    assertThat(page.getElementsByTagName("p").item(0).getTextContent())
        .isEqualTo("Failed: <img src=x> s3a://bucket/x");
  }

  @Test
  void pageLoadsNothing() {
    started(0);
    epoch(1, 1, 0.5);
    assertThat(page()).doesNotContain("href", "src=", "url(", "@import", "<link", "<script");
  }

  @Test
  void lostLeasesShowWithTheirReasons() {
    started(0);
    lease(1, "lease", 1, 1);
    lease(2, "lease_lost", 2, 1);
    Document page = Pages.parse(page());
    String text = page.getDocumentElement().getTextContent();
    assertThat(text)
        .contains("Leases: 1 trained, 1 lost, on 1 executor.", "lost, dealt again", "worker 2")
        .contains("reason it is gone");
  }

  @Test
  void runThatWentOnHasTheEpochsThatCountAndNoTimeBetweenItsStarts() {
    started(0);
    epoch(10, 1, 1);
    epoch(20, 2, 5);
    history.add("{\"event\":\"epo".getBytes(UTF_8));
    started(1000);
    add(1001, "resumed", "\"checkpoint\":1,\"epoch\":2");
    epoch(1011, 2, 0.25);
    assertThat(history.seconds()).isEqualTo(31);
    assertThat(history.epochs()).hasSize(2);
    assertThat(history.epochs().get(1).get("loss").get(0).asDouble()).isEqualTo(0.25);
    assertThat(Pages.parse(page()).getDocumentElement().getTextContent())
        .contains("Starts 2, resumptions 1");
  }

  @Test
  void runThatBeganAnewHasTheEpochsOfItsLastStart() {
    started(0);
    epoch(10, 1, 1);
    started(20);
    assertThat(history.epochs()).isEmpty();
  }

  @Test
  void manyEventsGiveAPageOfBoundedSize() {
    started(0);
    int second = 0;
    for (int i = 1; i <= 25_000; i++) {
      second++;
      lease(second, "lease", 1 + i % 40, i);
      lease(second, i % 3 == 0 ? "lease_lost" : "lease", 1 + (i + 20) % 40, i);
      epoch(second, i, 1.0 / i);
      add(second, "checkpoint", "\"checkpoint\":" + i);
    }
    String page = page();
    Pages.parse(page);
    assertThat(page.length()).isBetween(100_000, 4_000_000);
    assertThat(page).contains("checkpoints 25000");
    assertThat(history.epochs().get(history.epochs().size() - 1).get("epoch").asInt())
        .isEqualTo(25_000);
  }
}
