package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster manager whose executors do not start, or that is not there: one line, and the end. */
@Timeout(240)
@Tag("thorough")
class ExecutorsThatCannotStartTest {
  private static final Map<String, String> IMPOSSIBLE =
      Map.of(
          "spark.executor.memory", "512m",
          "spark.executor.cores", "1",
          "spark.executorEnv.JAVA_HOME", "/none-such");

  @TempDir Path directory;

  @Test
  @Tag("slow")
  void applicationThatTheMasterRemovesEndsTheRun() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"))) {
      cluster.addMachine();
      try (ClusterRun run = ClusterRun.train(directory, cluster.master(), IMPOSSIBLE)) {
        assertEnded(run);
      }
    }
  }

  @Test
  @Tag("slow")
  void itEndsTheRunBeforePreparationAsWell() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"))) {
      cluster.addMachine();
      try (ClusterRun run = ClusterRun.trainUnprepared(directory, cluster.master(), IMPOSSIBLE)) {
        assertEnded(run);
        assertThat(directory.resolve("out/datasets")).doesNotExist();
      }
    }
  }

  private static void assertEnded(ClusterRun run) throws InterruptedException {
    assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(1);
    assertThat(run.process().driverErrors().lines())
        .containsExactly(
            "Cannot go on: Spark has ended this application (its log, or the cluster manager's,"
                + " says why)");
  }

  @Test
  void masterThatDoesNotAnswerIsTheUsersToFix() throws Exception {
    try (ClusterRun run =
        ClusterRun.train(directory, "spark://127.0.0.1:1", Map.of(), "workers.start-timeout=3s")) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(2);
      assertThat(run.process().driverErrors().lines())
          .containsExactly(
              "Cannot start Spark on spark://127.0.0.1:1: it has not answered within 3s (see that"
                  + " the master runs and can be reached from here, or raise"
                  + " workers.start-timeout)");
    }
  }
}
