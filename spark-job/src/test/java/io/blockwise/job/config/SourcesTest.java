package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the stored configuration and messages say of secrets. */
class SourcesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("SECRET", "hunter2", "OTHER", "/no/such/place", "HDFS", "hdfs://node:8020/raw");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "${SECRET} | ${SECRET}",
        "${?SECRET} | ${SECRET}",
        "${OTHER}/${SECRET} | ${OTHER}\"/\"${SECRET}",
        "\"s3a://u:\"${SECRET}\"@b/x\" | \"s3a://(redacted)@b/x\"",
        "${HDFS}/x | \"hdfs://node:8020/raw/x\"",
        "/no/such/place | \"/no/such/place\"",
      })
  void whatCameFromTheEnvironmentIsStoredByItsName(String written, String stored)
      throws IOException {
    Settings settings = read("data.path = " + written);
    assertThat(settings.rendered().lines().map(String::strip)).contains("path = " + stored);
    assertThat(settings.rendered()).doesNotContain("hunter2");
    if (!stored.contains(Redaction.MARK)) {
      assertThat(read(settings.rendered())).isEqualTo(settings);
    }
  }

  @Test
  void pathThatExistsIsStoredAsItIs() throws IOException {
    Settings settings =
        new SettingsReader(Map.of("DATA", directory.toString()))
            .read(conf("data.path = ${DATA}"), List.of());
    assertThat(settings.rendered()).contains("path = \"" + directory + "\"");
  }

  @Test
  void messageDoesNotShowWhatAVariableHolds() {
    assertThatThrownBy(() -> read("seed = ${SECRET}"))
        .hasMessage(
            "Invalid seed: ${SECRET} in environment variable SECRET (must be a whole number)");
    assertThatThrownBy(() -> read("model.name = ${SECRET}\"/x\""))
        .hasMessageStartingWith(
            "Invalid model.name: ${SECRET} in %s:1 (", directory.resolve("test.conf"))
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> read("method = ${SECRET}")).hasMessageNotContaining("hunter2");
  }

  private Settings read(String conf) throws IOException {
    return new SettingsReader(ENVIRONMENT).read(conf(conf), List.of());
  }

  private Path conf(String text) throws IOException {
    return Files.writeString(directory.resolve("test.conf"), text);
  }
}
