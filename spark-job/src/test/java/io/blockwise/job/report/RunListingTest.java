package io.blockwise.job.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunListingTest {
  private static final Map<String, Object> EPOCH =
      Map.of("validation_accuracy", List.of(0.125, 0.5));

  @TempDir Path directory;
  private Instant now = Instant.now();

  @Test
  void everyRunIsALineWithWhatBecameOfIt() throws IOException {
    Map<String, Object> metrics =
        Map.of("test", Map.of("accuracy", List.of(0.344, 0.767), "class_accuracy", List.of()));
    try (EventLog log = started("b-done", ThisProcess.host(), 1)) {
      log.write("epoch", EPOCH);
      log.write("finished", Map.of("version", "x", "metrics", metrics));
    }
    try (EventLog log = started("c-failed", ThisProcess.host(), 1)) {
      log.write("epoch", EPOCH);
      log.write("progress", Map.of("epoch", 2));
      log.write("failed", Map.of("reason", "Cannot train block 2:\u001b\u009b no\nand so on"));
    }
    try (EventLog log = started("a-interrupted", ThisProcess.host(), 1)) {
      log.write("interrupted", Map.of("reason", "stopped before the end"));
    }
    assertThat(listed())
        .containsExactly(
            "run            model  data    method  workers  accuracy                status",
            "b-done         small  shapes  scpl    2        34.4 76.7 % test        done",
            "c-failed       small  shapes  scpl    2        12.5 50.0 % validation  failed: Cannot"
                + " train block 2:?? no",
            "a-interrupted  small  shapes  scpl    2        -                       interrupted");
  }

  @Test
  void runWithoutAnEndGoesOnAsLongAsItsProcessDoes() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    started("goes-on", ThisProcess.host(), ProcessHandle.current().pid()).close();
    started("killed", ThisProcess.host(), ended.pid()).close();
    started("elsewhere", "other-machine", ended.pid()).close();
    now = now.plusSeconds(180);
    assertThat(statuses())
        .containsExactly(
            "running, last event 3 min ago",
            "died, last event 3 min ago",
            "running or died on other-machine, last event 3 min ago");
  }

  /** Numbers of processes come again. */
  @Test
  void processThatBeganAfterTheRunIsNotTheRuns() throws IOException {
    now = ProcessHandle.current().info().startInstant().orElseThrow().minusSeconds(3600);
    started("killed", ThisProcess.host(), ProcessHandle.current().pid()).close();
    assertThat(statuses()).containsExactly("died, last event 0 min ago");
  }

  @Test
  void recordsThatCannotBeReadAreALineEach() throws IOException {
    write("a", "");
    write("b", "no JSON\n");
    write("c", "\u0000\u001b[2J");
    write("d", "5\n");
    write("e", "{\"event\":\"epoch\"}\n");
    write("f", "{\"event\":\"started\"}\n");
    Files.createDirectories(runs().resolve("g"));
    Files.createDirectories(runs().resolve("h/events.jsonl"));
    Files.createDirectories(runs().resolve("i"));
    Files.writeString(runs().resolve("i/baseline.json"), "{}");
    Files.writeString(runs().resolve("stray"), "no run");
    assertThat(statuses())
        .containsExactly(
            "damaged: events.jsonl is empty",
            "damaged: a line of events.jsonl is no JSON",
            "damaged: a line of events.jsonl is no JSON",
            "damaged: events.jsonl does not begin with the start of a run",
            "damaged: events.jsonl does not begin with the start of a run",
            "running or died, last event at an unknown time",
            "no events",
            "no events",
            "done (baseline)");
  }

  @Test
  void halfALineAtTheEndIsPassedOver() throws IOException {
    try (EventLog log = started("killed", "other-machine", 1)) {
      log.write("epoch", EPOCH);
    }
    Path file = runs().resolve("killed/events.jsonl");
    Files.writeString(file, Files.readString(file) + "{\"event\":\"epo");
    assertThat(listed().get(1)).contains("12.5 50.0 % validation  running or died");
  }

  @Test
  void hundredsOfRunsAreListedInTheOrderOfTheirStart() throws IOException {
    for (int i = 0; i < 300; i++) {
      now = now.plusSeconds(1);
      started("run-" + (1000 - i), "other-machine", 1).close();
    }
    List<String> lines = listed();
    assertThat(lines).hasSize(301);
    assertThat(lines.get(1)).startsWith("run-1000 ");
    assertThat(lines.get(300)).startsWith("run-701 ");
  }

  @Test
  void outputWithoutRunsIsRefusedInOneLine() {
    assertThatThrownBy(this::listed)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot list runs: ")
        .hasMessageContaining("/runs does not exist (give a configuration, or the directory");
  }

  private EventLog started(String id, String host, long pid) throws IOException {
    Path run = Files.createDirectories(runs().resolve(id));
    EventLog log =
        EventLog.open(
            new Storage(new Configuration()),
            new org.apache.hadoop.fs.Path(run.resolve("events.jsonl").toUri()),
            Clock.fixed(now, java.time.ZoneOffset.UTC));
    now = now.plusMillis(1);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", "small");
    fields.put("dataset", "file:/data/out/datasets/shapes");
    fields.put("workers", 2);
    fields.put("method", "scpl");
    fields.put("host", host);
    fields.put("pid", pid);
    log.write("started", fields);
    return log;
  }

  private void write(String id, String events) throws IOException {
    Path run = Files.createDirectories(runs().resolve(id));
    Files.writeString(run.resolve("events.jsonl"), events);
  }

  private List<String> listed() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    RunListing.print(
        new Configuration(),
        directory.resolve("out").toString(),
        now,
        new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8).lines().toList();
  }

  /** The last column. */
  private List<String> statuses() throws IOException {
    List<String> lines = listed();
    int column = lines.get(0).indexOf("status");
    return lines.stream().skip(1).map(line -> line.substring(column)).toList();
  }

  private Path runs() {
    return directory.resolve("out/runs");
  }
}
