package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static io.blockwise.job.ClusterProcess.signal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that a cluster takes away, and gives back. */
@Timeout(360)
@Tag("slow")
class PreemptedExecutorsTest {
  private static final int EPOCHS = 8;

  @TempDir Path directory;

  @Test
  void runGoesOnWhenAllAreTakenAndGivenBack() throws Exception {
    try (ClusterRun run = train(Map.of())) {
      List<ProcessHandle> all = twoAtWork(run);
      all.forEach(ProcessHandle::destroyForcibly);
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      assertThat(run.events("lease_lost")).isNotEmpty();
      assertThat(run.events("lease_lost"))
          .allSatisfy(lost -> assertThat(lost.get("reason").asText()).contains(" is gone"));
      assertComplete(run);
      assertThat(run.trainers())
          .isNotEmpty()
          .doesNotContainAnyElementsOf(all.stream().map(ProcessHandle::pid).toList());
    }
  }

  /** Spark lets it finish what it does, and gives it nothing more. */
  @Test
  void leaseOfOneThatIsDecommissionedIsFinished() throws Exception {
    try (ClusterRun run = train(Map.of("spark.decommission.enabled", "true"), "lease.seconds=1")) {
      ProcessHandle leaving = twoAtWork(run).get(0);
      signal(leaving, "PWR");
      run.await(() -> !leaving.isAlive());
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      assertThat(run.events("lease_lost")).isEmpty();
      assertThat(run.trainers()).isNotEmpty().doesNotContain(leaving.pid());
      assertComplete(run);
    }
  }

  private ClusterRun train(Map<String, String> properties, String... sets) throws Exception {
    String[] all = Arrays.copyOf(sets, sets.length + 3);
    all[sets.length] = "workers=2";
    all[sets.length + 1] = "vgg-small.width=32";
    all[sets.length + 2] = "training.epochs=" + EPOCHS;
    return ClusterRun.train(directory, localCluster(2, 1, 512), properties, all);
  }

  private static List<ProcessHandle> twoAtWork(ClusterRun run) throws InterruptedException {
    run.await("epoch", 1);
    run.await(() -> run.atWork().size() == 2 && run.atWork().stream().allMatch(ClusterRun::reads));
    return run.atWork();
  }

  private static void assertComplete(ClusterRun run) {
    run.assertEveryRowOnce(EPOCHS);
    run.assertPublished();
    JsonNode pushes = run.lastEvent().get("metrics").get("pushes");
    long received = 0;
    for (String count : List.of("accepted", "dropped", "duplicate", "fenced", "refused")) {
      received += pushes.get(count).asLong();
    }
    assertThat(pushes.get("received").asLong()).isEqualTo(received);
  }
}
