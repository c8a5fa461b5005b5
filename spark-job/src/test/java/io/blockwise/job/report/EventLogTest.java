package io.blockwise.job.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.files.Storage;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  @TempDir private Path directory;

  @Test
  void lineIsOnStorageBeforeTheLogIsClosed() throws IOException {
    try (EventLog log = open()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("epoch", 1);
      fields.put("accuracy", List.of(0.5, 0.75));
      fields.put("note", "a \"b\"\nc");
      log.write("epoch", fields);
      assertThat(lines())
          .containsExactly(
              "{\"event\":\"epoch\",\"time\":\"2026-01-02T03:04:05Z\",\"epoch\":1,"
                  + "\"accuracy\":[0.5,0.75],\"note\":\"a \\\"b\\\"\\nc\"}");
    }
    try (var files = Files.list(directory.resolve("runs/1"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void whatIsNoNumberIsNull() throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("a", Double.NaN);
    fields.put("b", Float.NEGATIVE_INFINITY);
    fields.put("c", new double[] {1.5, Double.POSITIVE_INFINITY});
    fields.put("d", new float[] {Float.NaN, 2.5f});
    fields.put("e", Map.of("x", Arrays.asList(Double.NaN, null, 3)));
    fields.put("f", new Loss("contrastive", Double.NaN));
    fields.put("g", null);
    try (EventLog log = open()) {
      log.write("step", fields);
    }
    assertThat(lines().get(0))
        .endsWith(
            "\"a\":null,\"b\":null,\"c\":[1.5,null],\"d\":[null,2.5],\"e\":{\"x\":[null,null,3]},"
                + "\"f\":{\"name\":\"contrastive\",\"value\":null},\"g\":null}");
  }

  @Test
  void fieldsCannotHideTheKindOrTheTime() throws IOException {
    try (EventLog log = open()) {
      assertThatThrownBy(() -> log.write("epoch", Map.of("time", 3)))
          .hasMessage("Invalid field of event epoch: time (must be another name)");
      assertThatThrownBy(() -> log.write("epoch", Map.of("a", new Object())))
          .hasMessage("Cannot write event epoch: no JSON for it");
    }
    assertThat(lines()).isEmpty();
  }

  @Test
  void reopenedLogGoesOnAlsoBehindHalfALine() throws IOException {
    try (EventLog log = open()) {
      log.write("first", Map.of());
    }
    try (EventLog log = open()) {
      log.write("second", Map.of());
    }
    Files.writeString(file(), Files.readString(file()) + "{\"event\":\"thi");
    try (EventLog log = open()) {
      log.write("fourth", Map.of());
    }
    assertThat(lines()).hasSize(4);
    assertThat(lines().get(1)).startsWith("{\"event\":\"second\"");
    assertThat(lines().get(3)).startsWith("{\"event\":\"fourth\"").endsWith("}");
  }

  @Test
  void linesOfSeveralThreadsDoNotMix() throws IOException {
    try (EventLog log = open()) {
      IntStream.range(0, 400)
          .parallel()
          .forEach(i -> log.write("step", Map.of("text", "x".repeat(i))));
    }
    assertThat(lines()).hasSize(400).allMatch(line -> line.matches("\\{\"event.*\"x*\"}"));
  }

  @Test
  void onATreeOfFilesALineIsThereAtOnceAndTheLogGoesOn() throws IOException {
    for (String event : List.of("first", "second")) {
      try (EventLog log = open("tree")) {
        log.write(event, Map.of());
        assertThat(lines()).last().asString().startsWith("{\"event\":\"" + event);
      }
    }
    assertThat(lines()).hasSize(2);
  }

  @Test
  void onAnObjectStoreTheFirstLineIsThereSoonAndAllOfThemAtTheEndAndTheLogGoesOn()
      throws Exception {
    try (EventLog log = open("objects")) {
      log.write("first", Map.of());
      for (int i = 0; i < 1000 && Files.notExists(file()); i++) {
        Thread.sleep(10);
      }
      assertThat(lines()).hasSize(1);
      log.write("second", Map.of());
    }
    assertThat(lines()).hasSize(2);
    try (EventLog log = open("objects")) {
      log.write("third", Map.of());
    }
    assertThat(lines()).hasSize(3);
    assertThat(lines().get(2)).startsWith("{\"event\":\"third\"");
  }

  @Test
  void onAnObjectStoreLinesArePutThereWhileTheyComeIn() throws Exception {
    org.apache.hadoop.fs.Path objects = new org.apache.hadoop.fs.Path("objects://" + file());
    Storage storage = new Storage(RemoteFileSystems.configuration(""));
    try (RewrittenFile lines = RewrittenFile.open(storage, objects, Duration.ofMillis(20))) {
      for (int i = 1; i <= 3; i++) {
        lines.append(("line " + i + "\n").getBytes(UTF_8));
        for (int k = 0; k < 1000 && (Files.notExists(file()) || lines().size() < i); k++) {
          Thread.sleep(10);
        }
        assertThat(lines()).hasSize(i).last().isEqualTo("line " + i);
      }
    }
    assertThat(lines()).hasSize(3);
  }

  @Test
  void onAnObjectStoreLinesThatCouldNotBeWrittenAreMissedAtTheEnd() throws Exception {
    org.apache.hadoop.fs.Path broken = new org.apache.hadoop.fs.Path("objects://" + file());
    EventLog log =
        EventLog.open(new Storage(RemoteFileSystems.configuration("events")), broken, CLOCK);
    log.write("epoch", Map.of());
    assertThatThrownBy(log::close).isInstanceOf(IOException.class).hasMessage("disk full");
  }

  @Test
  void lineThatCannotBeWrittenSaysWhich() throws IOException {
    org.apache.hadoop.fs.Path broken = new org.apache.hadoop.fs.Path("tree://" + file());
    EventLog log =
        EventLog.open(new Storage(RemoteFileSystems.configuration("events")), broken, CLOCK);
    assertThatThrownBy(() -> log.write("epoch", Map.of()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("Cannot write event epoch: disk full");
  }

  private EventLog open(String scheme) throws IOException {
    return EventLog.open(
        new Storage(RemoteFileSystems.configuration("")),
        new org.apache.hadoop.fs.Path(scheme + "://" + file()),
        CLOCK);
  }

  private record Loss(String name, double value) {}

  private EventLog open() throws IOException {
    return EventLog.open(
        new Storage(new Configuration(false)),
        new org.apache.hadoop.fs.Path(file().toUri()),
        CLOCK);
  }

  private Path file() {
    return directory.resolve("runs/1/events.jsonl");
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(file());
  }
}
