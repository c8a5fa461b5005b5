package io.blockwise.job.config.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecidingKeysTest {
  private static final long ROW_BYTES = 1000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "output=elsewhere",
        "run-id=other",
        "model.name=other",
        "data.path=/raw",
        "data.name=other",
        "data.memory=1000",
        "workers.start-timeout=7s",
        "training.max-non-finite=3",
        "averaging.patience=7s",
        "lease.max-failures=9",
        "lease.stall-timeout=7s",
        "evaluation.other-data=true",
        "features.rows=9",
        "report.interval=7s",
      })
  void placesNamesProgressAndPatienceDecideNothing(String set) throws IOException {
    assertThat(of(set)).isPresent().isEqualTo(of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=2",
        "method=bp",
        "vgg-small.width=8",
        "exit.features=pooled",
        "training.learning-rate=0.5",
        "training.prefetch-threads=2",
        "averaging.period=3",
        "workers=2",
        "threads=3",
        "precision=tf32",
        "lease.seconds=60",
        "evaluation.batch-size=7",
        "data.memory=999",
      })
  void whatIsLearntHowFastAndInWhatMemoryDecides(String set) throws IOException {
    assertThat(of(set)).isPresent().isNotEqualTo(of());
  }

  @Test
  void whatIsNoStoredConfigurationHasNone() {
    assertThat(DecidingKeys.of("null", ROW_BYTES)).isEmpty();
    assertThat(DecidingKeys.of("seed = {", ROW_BYTES)).isEmpty();
    assertThat(DecidingKeys.of("data = 3", ROW_BYTES)).isEmpty();
    assertThat(DecidingKeys.of("data { memory = much }", ROW_BYTES)).isEmpty();
    assertThat(DecidingKeys.of("data { path = x }", ROW_BYTES)).isEmpty();
  }

  @Test
  void whatCameFromTheEnvironmentMayStillBeASubstitution() {
    String stored = "seed = 1, output = ${HOME}\"/out\", data { path = ${RAW}, memory = 7 }";
    assertThat(DecidingKeys.of(stored, ROW_BYTES))
        .isPresent()
        .isEqualTo(DecidingKeys.of("seed = 1, output = x, data { memory = 7 }", ROW_BYTES));
  }

  private Optional<DecidingKeys> of(String... sets) throws IOException {
    Path conf = Files.writeString(directory.resolve("x.conf"), "");
    return DecidingKeys.of(Settings.load(conf, List.of(sets)).rendered(), ROW_BYTES);
  }
}
