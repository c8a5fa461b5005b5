package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that is not the driver's: {@code spark://}. */
@Tag("slow")
@Timeout(240)
class StandaloneClusterTest {
  /** Enough for an executor to come meanwhile. */
  private static final int EPOCHS = 100;

  @TempDir Path directory;

  @Test
  void executorThatJoinsIsUsedFromTheNextLeaseOn() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"))) {
      cluster.addMachine();
      try (ClusterRun run =
          ClusterRun.train(
              directory,
              cluster.master(),
              Map.of("spark.executor.memory", "512m", "spark.executor.cores", "1"),
              "workers=2",
              "lease.seconds=1",
              "workers.start-timeout=60s",
              "training.epochs=" + EPOCHS)) {
        run.await("epoch", 1);
        assertThat(executors(run)).containsExactly("0");
        cluster.addMachine();
        run.await(() -> executors(run).size() == 2);
        assertThat(executors(run)).containsExactly("0", "1");
        assertThat(run.exitCode()).as(run.process().errors()).isZero();
        run.assertEveryRowOnce(EPOCHS);
        run.assertPublished();
        assertThat(run.events("lease_lost")).isEmpty();
      }
    }
  }

  private static Set<String> executors(ClusterRun run) {
    Set<String> names = new TreeSet<>();
    for (JsonNode epoch : run.events("epoch")) {
      epoch.get("executors").forEach(executor -> names.add(executor.get("executor").asText()));
    }
    return names;
  }
}
