package io.blockwise.job.exchange;

import static io.blockwise.job.ClusterProcess.localCluster;
import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.ClusterProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The exchange between processes, over Spark's RPC. */
@Timeout(240)
@Tag("thorough")
class ClusterExchangeTest {
  @TempDir Path directory;

  @Test
  void contractsHoldBetweenProcesses() throws Exception {
    Map<String, String> plugins = Map.of("spark.plugins", RelayPlugin.class.getName());
    try (ClusterProcess cluster = start(ContractOverCluster.class, plugins)) {
      int exitCode = cluster.exitCode(200);
      assertThat(exitCode).as(cluster.errors()).isZero();
      List<String> lines = cluster.output().lines().toList();
      assertThat(lines).as(cluster.errors()).noneMatch(line -> line.startsWith("failed"));
      assertThat(lines)
          .filteredOn(line -> line.startsWith("passed"))
          .hasSizeGreaterThan(40)
          .anyMatch(line -> line.startsWith("passed aWorkerAloneIsBitForBitThePlainLoop"));
    }
  }

  @Test
  void tasksExchangeWithTheDriver() throws Exception {
    Map<String, String> plugins = Map.of("spark.plugins", ExchangePlugin.class.getName());
    try (ClusterProcess cluster = start(TasksThatPush.class, plugins)) {
      int exitCode = cluster.exitCode(200);
      assertThat(exitCode).as(cluster.errors()).isZero();
      assertThat(cluster.output().lines().filter(not(line -> line.startsWith("counts"))))
          .satisfiesExactly(
              line -> assertThat(line).startsWith("worker 0 true pid "),
              line -> assertThat(line).startsWith("worker 1 true pid "),
              line -> assertThat(line).isEqualTo("examples 60"),
              line -> assertThat(line).isEqualTo("sum true version 3"),
              line -> assertThat(line).isEqualTo("open [false]"));
    }
  }

  private ClusterProcess start(Class<?> main, Map<String, String> properties) throws Exception {
    return ClusterProcess.start(directory, main, localCluster(2, 1, 1024), properties, List.of());
  }
}
