package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import io.blockwise.job.config.SettingsReader;
import io.blockwise.job.config.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShipmentTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("RAW", "hdfs://host/raw = \"x\"\nümlaut", "PASSWORD", "s3cret", "OTHER", "unused");

  @TempDir Path directory;

  @Test
  void oneFileGivesTheSameConfigurationAsTheFilesAndOverridesThatItWasMadeOf() throws IOException {
    Path conf = conf();
    List<String> sets =
        List.of("seed=7", "data.path=${RAW}", "training.schedule={ type = constant }");
    Shipment shipment =
        shipped(
            "train",
            "--set",
            sets.get(0),
            conf.toString(),
            "--set=" + sets.get(1),
            "--set",
            sets.get(2));
    assertThat(shipment.arguments()).containsExactly("train", "my-run.conf");
    Path file = shipment.directory().resolve("my-run.conf");
    assertThat(shipment.files()).contains(file);
    assertThat(merged(file, List.of())).isEqualTo(merged(conf, sets));
  }

  @Test
  void valuesOfVariablesAreInAFileOfTheirOwnThatHoldsNoOthers() throws IOException {
    Shipment shipment = shipped("train", conf().toString());
    assertThat(Files.readString(shipment.files().get(0)))
        .contains("${RAW}", "${PASSWORD}")
        .doesNotContain("s3cret", "hdfs:");
    Path variables = shipment.directory().resolve(shipment.variables());
    System.setProperty(Variables.FILE, variables.toString());
    try {
      assertThat(Variables.current())
          .containsEntry("RAW", ENVIRONMENT.get("RAW"))
          .containsEntry("PASSWORD", "s3cret")
          .doesNotContainKey("OTHER")
          .containsAllEntriesOf(System.getenv());
    } finally {
      System.clearProperty(Variables.FILE);
    }
  }

  @Test
  void onlyTheUserMayReadThem() throws IOException {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(shipped("train", conf().toString()).directory())))
        .isEqualTo("rwx------");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grow --from hdfs://h/m CONF --set seed=2 | grow my-run.conf --from hdfs://h/m",
        "compare CONF --parallel 2 | compare my-run.conf --parallel 2",
        "predict hdfs://h/m hdfs://h/in hdfs://h/out --exit full | predict hdfs://h/m hdfs://h/in hdfs://h/out --exit full",
      })
  void theRestOfACommandLineStaysAsItIs(String words, String expected) throws IOException {
    String conf = conf().toString();
    List<String> given =
        List.of(words.split(" ")).stream().map(w -> w.equals("CONF") ? conf : w).toList();
    assertThat(String.join(" ", Shipment.of(given, ENVIRONMENT, directory).arguments()))
        .isEqualTo(expected);
  }

  private Shipment shipped(String... words) {
    return Shipment.of(List.of(words), ENVIRONMENT, directory);
  }

  private static Config merged(Path file, List<String> sets) {
    return new SettingsReader(ENVIRONMENT).hocon().merged(file, sets);
  }

  private Path conf() throws IOException {
    Files.writeString(directory.resolve("base.conf"), "workers = 3, data { kind = sst2 }");
    return Files.writeString(
        directory.resolve("my run.conf"),
        """
        include "base.conf"
        data { path = ${RAW}/sst2, text.glove = ${?NONE}${data.path}"/a b.txt" }
        model.name = x${PASSWORD}
        workers.min = 2   # a comment
        """);
  }
}
