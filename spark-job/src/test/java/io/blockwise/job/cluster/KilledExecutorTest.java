package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.FaultyFileSystem.Fault;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executors that get SIGKILL. */
@Timeout(360)
@Tag("thorough")
class KilledExecutorTest {
  /** So that a lease lasts. */
  private static final String LARGE = "vgg-small.width=32";

  @TempDir Path directory;

  @Test
  void othersTrainWhatTheDeadOneHad() throws Exception {
    killInMidLease("lease.seconds=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lease.seconds=0", "averaging.rule=quorum"})
  @Tag("slow")
  void othersTrainItWhateverTheLeases(String leases) throws Exception {
    killInMidLease(leases);
  }

  private void killInMidLease(String leases) throws Exception {
    try (ClusterRun run =
        ClusterRun.trainFaulty(
            directory,
            Fault.HANG,
            "train", // so that whoever is killed has a lease
            localCluster(2, 1, 512),
            "workers=2",
            "training.epochs=3",
            leases)) {
      run.awaitFaulty().destroyForcibly();
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      run.assertEveryRowOnce(3);
      run.assertPublished();
      assertThat(run.events("lease_lost")).hasSize(1);
      JsonNode lost = run.events("lease_lost").get(0);
      assertThat(lost.get("reason").asText()).startsWith("executor ").contains(" is gone");
      assertThat(lost.get("executor").asText()).matches("[01]");
      assertThat(lost.get("shards").asInt()).isPositive();
      assertThat(run.events("epoch").get(0).get("leases_lost").asInt()).isEqualTo(1);
      assertThat(run.process().output()).contains("Lost worker ", " shards are dealt again");
      assertThat(run.messages()).isEmpty();
    }
  }

  @Test
  @Tag("slow")
  void killingEveryExecutorAgainAndAgainEndsTheRun() throws Exception {
    try (ClusterRun run =
        ClusterRun.train(
            directory,
            localCluster(1, 1, 512),
            Map.of(),
            "training.epochs=1000",
            "lease.max-failures=3",
            LARGE)) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ClusterRun.SECONDS);
      while (run.process().driver().isAlive() && System.nanoTime() < end) {
        run.atWork().forEach(ProcessHandle::destroyForcibly);
        Thread.onSpinWait();
      }
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(1);
      assertThat(run.messages())
          .singleElement()
          .asString()
          .startsWith("Cannot go on: worker 1 was lost 3 times in a row without a finished lease;")
          .contains("is gone", "lease.max-failures");
      assertThat(run.lastEvent().get("event").asText()).isEqualTo("failed");
      assertThat(run.events("lease_lost")).hasSize(3);
      assertThat(run.models()).doesNotExist();
    }
  }

  @Test
  void applicationThatSparkEndsEndsTheRun() throws Exception {
    try (ClusterRun run =
        ClusterRun.train(
            directory,
            localCluster(1, 1, 512),
            Map.of("spark.extraListeners", EndsApplication.class.getName()),
            "training.epochs=1000")) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(1);
      assertThat(run.messages())
          .singleElement()
          .asString()
          .startsWith("Cannot go on: Spark has ended this application");
      assertThat(run.lastEvent().get("event").asText()).isEqualTo("failed");
      assertThat(run.models()).doesNotExist();
    }
  }

  /** Ends the application while the third lease runs, as a cluster manager may. */
  public static final class EndsApplication extends SparkListener {
    private final CountDownLatch tasks = new CountDownLatch(5); // every other is an evaluation

    /** Called by Spark. */
    public EndsApplication() {
      // one that is started by the listeners' thread is taken for that, which must not stop Spark
      Thread ending = new Thread(this::end);
      ending.setDaemon(true);
      ending.start();
    }

    private void end() {
      try {
        tasks.await();
        SparkSession.getDefaultSession().get().stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
      tasks.countDown();
    }
  }
}
