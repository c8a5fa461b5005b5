package io.blockwise.job.report.tensorboard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import io.blockwise.testing.RemoteFileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T10:00:00.500Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  @Test
  void readerOfThisTestKnowsPublishedChecksums() {
    assertThat(EventReader.crc32c("123456789".getBytes(US_ASCII))).isEqualTo(0xe3069283);
    assertThat(EventReader.crc32c(new byte[32])).isEqualTo(0x8a9136aa);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree", "objects"})
  void scalarsAreReadBackAsTheyWere(String scheme) throws Exception {
    org.apache.hadoop.fs.Path target =
        new org.apache.hadoop.fs.Path(scheme + "://" + directory.resolve("tensorboard"));
    Storage storage = new Storage(RemoteFileSystems.configuration(""));
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("loss/block_1", 0.5);
    scalars.put("loss/block_2", Double.NaN);
    scalars.put("größe", -1e300);
    scalars.put("staleness/block_1", 0.1);
    try (ScalarLog log = ScalarLog.open(storage, target, CLOCK)) {
      log.write(1, scalars);
      log.write(300_000_000_000L, Map.of());
    }
    String[] files =
        directory.resolve("tensorboard").toFile().list((at, name) -> name.startsWith("e"));
    assertThat(files).hasSize(1);
    assertThat(files[0]).matches("events\\.out\\.tfevents\\.1795255200\\..+");
    byte[] content = Files.readAllBytes(directory.resolve("tensorboard").resolve(files[0]));
    double seconds = CLOCK.millis() / 1e3;
    assertThat(EventReader.read(content))
        .isEqualTo(
            List.of(
                new EventReader.Event(seconds, 0, "brain.Event:2", Map.of()),
                new EventReader.Event(
                    seconds,
                    1,
                    "",
                    Map.of(
                        "loss/block_1", 0.5f,
                        "größe", Float.NEGATIVE_INFINITY,
                        "staleness/block_1", 0.1f)),
                new EventReader.Event(seconds, 300_000_000_000L, "", Map.of())));
  }

  @Test
  void runWithoutWritesNothing() throws Exception {
    try (ScalarLog log = ScalarLog.NONE) {
      log.write(1, Map.of("loss", 1.0));
    }
    assertThat(directory).isEmptyDirectory();
  }
}
