package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static io.blockwise.job.ClusterProcess.signal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that come and go as Spark likes. */
@Tag("slow")
@Timeout(240)
class ElasticExecutorsTest {
  private static final int EPOCHS = 40;

  @TempDir Path directory;

  /** SIGPWR is what a decommissioned executor gets: it finishes its task and takes no other. */
  @Test
  void leasesGoOnElsewhereWhenAnExecutorIsDecommissioned() throws Exception {
    Map<String, String> properties =
        Map.of(
            "spark.dynamicAllocation.enabled", "true",
            "spark.dynamicAllocation.shuffleTracking.enabled", "true",
            "spark.dynamicAllocation.minExecutors", "0",
            "spark.dynamicAllocation.executorIdleTimeout", "2s",
            "spark.decommission.enabled", "true");
    try (ClusterRun run =
        ClusterRun.train(
            directory,
            localCluster(2, 1, 512),
            properties,
            "workers=2",
            "lease.seconds=1",
            "training.epochs=" + EPOCHS)) {
      run.await("epoch", 1);
      run.await(() -> run.atWork().size() == 2);
      ProcessHandle leaving = run.atWork().get(0);
      signal(leaving, "PWR");
      run.await(() -> !leaving.isAlive());
      int epochs = run.events("epoch").size();
      run.await(() -> !executors(run, epochs).isEmpty());
      assertThat(executors(run, epochs)).doesNotContain(leaving.pid());
      assertThat(run.events("lease_lost")).isEmpty();
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      run.assertEveryRowOnce(EPOCHS);
      run.assertPublished();
    }
  }

  private static Set<Long> executors(ClusterRun run, int after) {
    Set<Long> ids = new TreeSet<>();
    List<JsonNode> epochs = run.events("epoch");
    for (JsonNode epoch : epochs.subList(Math.min(after + 1, epochs.size()), epochs.size())) {
      epoch.get("executors").forEach(executor -> ids.add(executor.get("pid").asLong()));
    }
    return ids;
  }
}
