package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.FaultyFileSystem.Fault;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that hang in a read while their process is alive and well. */
@Timeout(360)
@Tag("slow")
class HungWorkerTest {
  private static final int EPOCHS = 3;

  @TempDir Path directory;

  @Test
  void othersTrainWhatItHangsIn() throws Exception {
    hang("train", "lease_lost", "averaging.rule=average");
  }

  @Test
  void othersInLockStepAreNotTakenForItAndGoOn() throws Exception {
    hang("train", "lease_lost", "averaging.rule=quorum");
  }

  @Test
  void othersEvaluateWhatItHangsIn() throws Exception {
    hang("validation", "evaluation_lost", "averaging.rule=average");
  }

  private void hang(String split, String event, String rule) throws Exception {
    try (ClusterRun run =
        ClusterRun.trainFaulty(
            directory,
            Fault.HANG,
            split,
            localCluster(2, 1, 512),
            rule,
            "workers=2",
            "averaging.period=1",
            "lease.stall-timeout=5s",
            "training.epochs=" + EPOCHS)) {
      run.awaitFault();
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      List<JsonNode> lost = run.events(event);
      assertThat(lost).hasSize(1);
      assertThat(lost.get(0).get("reason").asText())
          .matches("executor [01] has got nothing done for 5s \\(lease.stall-timeout\\)");
      run.assertEveryRowOnce(EPOCHS);
      run.assertPublished();
    }
  }
}
