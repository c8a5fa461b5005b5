package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that are larger than the machines: none ever comes. */
@Timeout(240)
@Tag("thorough")
class ZeroExecutorsTest {
  private static final Map<String, String> TOO_LARGE = Map.of("spark.executor.cores", "4");
  private static final String MESSAGE =
      "Cannot start: 0 of at least 1 workers have found a place within 10s: there are 0 executors"
          + " with 0 cores in all, and a worker needs 1 core of one executor (spark.task.cpus)";

  @TempDir Path directory;

  @Test
  void runWithoutExecutorsEndsWithNumbers() throws Exception {
    try (ClusterRun run =
        ClusterRun.train(
            directory, localCluster(1, 1, 512), TOO_LARGE, "workers.start-timeout=10s")) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(1);
      assertThat(run.messages()).singleElement().asString().startsWith(MESSAGE);
      assertThat(run.lastEvent().get("event").asText()).isEqualTo("failed");
      assertThat(run.lastEvent().get("reason").asText()).startsWith(MESSAGE);
      assertThat(run.models()).doesNotExist();
    }
  }

  @Test
  void preparationIsNotStartedWithoutExecutors() throws Exception {
    try (ClusterRun run =
        ClusterRun.trainUnprepared(
            directory, localCluster(1, 1, 512), TOO_LARGE, "workers.start-timeout=10s")) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(1);
      assertThat(run.messages()).singleElement().asString().startsWith(MESSAGE);
      assertThat(directory.resolve("out/datasets")).doesNotExist();
    }
  }

  @Test
  void executorsThatSparkRefusesAreTheUsersToFix() throws Exception {
    try (ClusterRun run =
        ClusterRun.train(
            directory, localCluster(1, 1, 512), Map.of("spark.executor.memory", "1g"))) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(2);
      assertThat(run.messages())
          .singleElement()
          .asString()
          .startsWith("Cannot start Spark on local-cluster[1,1,512]: ")
          .contains("1024");
    }
  }
}
