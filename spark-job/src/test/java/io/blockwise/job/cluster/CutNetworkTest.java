package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The network between an executor and the driver, cut while both live. */
@Timeout(360)
@Tag("slow")
class CutNetworkTest {
  private static final int EPOCHS = 12;

  @TempDir Path directory;
  private NetworkCut network;

  @BeforeEach
  void start() throws IOException {
    network = NetworkCut.start();
  }

  @AfterEach
  void end() throws IOException {
    network.close();
  }

  @Test
  void workerThatIsCutOffForLessThanTheStallTimeoutLosesNothing() throws Exception {
    try (ClusterRun run = train("lease.stall-timeout=60s")) {
      ProcessHandle executor = atWork(run);
      network.silence(executor);
      TimeUnit.SECONDS.sleep(8);
      assertThat(network.held()).isPositive();
      network.restore();
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      assertThat(run.events("lease_lost")).isEmpty();
      assertComplete(run);
      JsonNode pushes = run.lastEvent().get("metrics").get("pushes");
      assertThat(pushes.get("received")).isEqualTo(pushes.get("sent"));
      assertThat(pushes.get("duplicate").asLong()).isZero();
    }
  }

  @Test
  void rowsOfOneThatIsCutOffLongerAreTrainedByOthersAndItComesBack() throws Exception {
    try (ClusterRun run = train("lease.stall-timeout=3s", "lease.max-failures=1000")) {
      ProcessHandle executor = atWork(run);
      network.silence(executor);
      run.await("lease_lost", 1);
      int epochs = run.events("epoch").size();
      run.await("epoch", epochs + 2);
      assertThat(run.trainers()).doesNotContain(executor.pid());
      network.restore();
      run.await(() -> run.trainers().contains(executor.pid()));
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      assertThat(run.events("lease_lost").get(0).get("reason").asText())
          .matches("executor [01] has got nothing done for 3s \\(lease.stall-timeout\\)");
      assertComplete(run);
    }
  }

  /** Spark's executors end when they lose the driver; the cluster starts others. */
  @Test
  void executorThatLosesTheDriverIsReplaced() throws Exception {
    try (ClusterRun run = train("lease.max-failures=1000")) {
      ProcessHandle executor = atWork(run);
      network.reset(executor);
      run.await(() -> !executor.isAlive());
      run.await(() -> run.trainers().size() == 2 && !run.trainers().contains(executor.pid()));
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      assertThat(run.events("lease_lost").get(0).get("reason").asText())
          .matches("executor [01] is gone.*");
      assertComplete(run);
    }
  }

  private ClusterRun train(String... sets) throws IOException {
    String[] all = Arrays.copyOf(sets, sets.length + 4);
    all[sets.length] = "workers=2";
    all[sets.length + 1] = "averaging.period=1";
    all[sets.length + 2] = "vgg-small.width=32";
    all[sets.length + 3] = "training.epochs=" + EPOCHS;
    return ClusterRun.train(directory, localCluster(2, 1, 512), network.properties(), all);
  }

  /** An executor that trains, of two that do. */
  private static ProcessHandle atWork(ClusterRun run) throws InterruptedException {
    run.await("epoch", 1);
    run.await(() -> run.atWork().size() == 2);
    ProcessHandle executor = run.atWork().get(0);
    run.await(() -> ClusterRun.reads(executor));
    return executor;
  }

  private static void assertComplete(ClusterRun run) {
    run.assertEveryRowOnce(EPOCHS);
    run.assertPublished();
  }
}
