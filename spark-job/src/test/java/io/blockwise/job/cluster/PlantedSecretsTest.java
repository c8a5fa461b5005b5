package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that a run is given on all ways there are, looked for in all that it leaves behind. */
@Tag("slow")
@Timeout(300)
class PlantedSecretsTest {
  /** By which a secret is found in any file, whatever stands around it. */
  private static final String MARK = "pl4nted";

  private static final String VARIABLE = "BLOCKWISE_TEST_PLANTED";

  @TempDir Path directory;

  @Test
  void trainingRepeatsNoSecret() throws Exception {
    SmallRuns.copyDataset(directory);
    try (ClusterProcess process = start("", "workers=1")) {
      assertThat(process.exitCode(ClusterRun.SECONDS)).as(process.errors()).isZero();
      assertThat(process.output()).contains("Published");
    }
    assertThat(resolved()).contains("path = ${" + VARIABLE + "}").contains("(redacted)");
    assertThat(directory.resolve("out/models/small/versions/run/provenance.json")).exists();
    assertThat(holders()).isEmpty();
  }

  @Test
  void refusedRunRepeatsNoSecret() throws Exception {
    for (String line :
        List.of(
            "model.name = \"x/\"${" + VARIABLE + "}",
            "averaging.period = ${" + VARIABLE + "}",
            "data.kind = ${" + VARIABLE + "}",
            "evaluation.batch-size = \"https://me:" + MARK + "@host/x\"")) {
      try (ClusterProcess process = start(line, "workers=1")) {
        assertThat(process.exitCode(ClusterRun.SECONDS)).as(line).isEqualTo(2);
        assertThat(process.driverErrors()).as(line).hasLineCount(1).doesNotContain(MARK);
        Files.delete(directory.resolve("small.conf"));
        assertThat(holders()).as(line).isEmpty();
      }
    }
  }

  @Test
  void failedRunRepeatsNoSecret() throws Exception {
    SmallRuns.copyDataset(directory);
    try (ClusterProcess process = start("", "workers=1", "training.learning-rate=1e30")) {
      assertThat(process.exitCode(ClusterRun.SECONDS)).as(process.errors()).isEqualTo(1);
    }
    assertThat(directory.resolve("out/runs/run/events.jsonl")).content().contains("\"failed\"");
    assertThat(holders()).isEmpty();
  }

  private ClusterProcess start(String line, String... sets) throws IOException {
    Map<String, String> properties = SecuredProperties.with(MARK + "-of-spark");
    properties.put("spark.hadoop.fs.s3a.access.key", MARK + "-access");
    properties.put("spark.hadoop.fs.s3a.secret.key", MARK + "-of-s3");
    properties.put("spark.executorEnv.AWS_SECRET_ACCESS_KEY", MARK + "-of-executors");
    List<String> all = new ArrayList<>(List.of("data.text.glove=\"hdfs://me:" + MARK + "@h/x\""));
    all.addAll(List.of(sets));
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(SmallRuns.arguments(directory, all.toArray(String[]::new)));
    Files.writeString(directory.resolve("small.conf"), "data.path = ${?" + VARIABLE + "}\n" + line);
    return ClusterProcess.start(
        directory,
        Blockwise.class,
        ClusterProcess.localCluster(1, 1, 1024),
        properties,
        Map.of(VARIABLE, MARK + "-variable", "AWS_SECRET_ACCESS_KEY", MARK + "-environment"),
        arguments);
  }

  private String resolved() throws IOException {
    return Files.readString(directory.resolve("out/runs/run/resolved.conf"));
  }

  /** All files, whatever their kind, in which a secret stands. */
  private List<Path> holders() throws IOException {
    List<Path> holders = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (bytes.contains(MARK)) {
          holders.add(directory.relativize(file));
        }
      }
    }
    return holders;
  }
}
