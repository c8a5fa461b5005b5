package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.FaultyFileSystem.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors whose device fails in a way that only a new process gets over. */
@Timeout(240)
@Tag("slow")
class LostDeviceTest {
  @TempDir Path directory;

  @Test
  void executorEndsAndAnotherTrainsWhatItHad() throws Exception {
    try (ClusterRun run =
        ClusterRun.trainFaulty(
            directory,
            Fault.DEVICE_LOST,
            "train",
            localCluster(1, 1, 512),
            "lease.max-failures=3")) {
      long executor = run.awaitFault();
      run.await(() -> ProcessHandle.of(executor).isEmpty());
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      JsonNode lost = run.events("lease_lost").get(0);
      assertThat(lost.get("reason").asText())
          .isEqualTo("on executor 0: java.lang.InternalError: GPU 0 has failed: ...");
      assertThat(run.events("epoch").get(0).get("executors"))
          .allSatisfy(place -> assertThat(place.get("pid").asLong()).isNotEqualTo(executor));
      run.assertEveryRowOnce(2);
      run.assertPublished();
      assertThat(run.messages()).isEmpty();
    }
  }

  @Test
  void failuresOfTheDeviceAreCounted() throws Exception {
    try (ClusterRun run =
        ClusterRun.trainFaulty(
            directory,
            Fault.DEVICE_LOST,
            "train",
            localCluster(1, 1, 512),
            "lease.max-failures=1")) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(1);
      // Spark may say before it, with a trace, that it could not reach the executor that has ended
      assertThat(run.messages())
          .last()
          .asString()
          .startsWith("Cannot go on: worker 1 was lost 1 times in a row")
          .contains("GPU 0 has failed: ...");
    }
  }
}
