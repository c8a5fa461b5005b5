package io.blockwise.spark;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.ClusterProcess;
import io.blockwise.job.cluster.ExecutorRoster;
import io.blockwise.job.exchange.ExchangePlugin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in a session that somebody else has started, on executors that are processes. */
@Timeout(600)
@Tag("thorough")
class SessionOnExecutorsTest {
  private static final int SECONDS = 560;

  @TempDir Path directory;

  @Test
  void trainingsFailAndAreCancelledAndSucceedAndLeaveNothingBehind() throws Exception {
    Map<String, String> plugin =
        Map.of(
            "spark.plugins", ExchangePlugin.class.getName(),
            "spark.extraListeners", ExecutorRoster.class.getName(),
            "spark.executorEnv.OMP_NUM_THREADS", "1");
    try (ClusterProcess program = start(plugin)) {
      assertThat(program.exitCode(SECONDS)).as(program.errors()).isZero();
      assertThat(program.output())
          .containsPattern("first right: 2[34]\\d")
          .containsPattern("failed: .*not finite")
          .containsPattern("at once right: 2[34]\\d\\s+at once right: 2[34]\\d")
          .contains("cancelled: The training was cancelled: cancelled job group mine; group mine");
      assertThat(program.output())
          .containsPattern("at work: .*broadcasts=\\[\\S*RunSetup.*blockwise-worker-1")
          .contains("no more than before: true");
      program
          .output()
          .lines()
          .filter(line -> line.matches("(before|after): .*"))
          .forEach(System.out::println);
    }
  }

  @Test
  void aSessionWithoutThePluginIsRefusedWithWhatToStartItWith() throws Exception {
    try (ClusterProcess program = start(Map.of())) {
      assertThat(program.exitCode(SECONDS)).as(program.errors()).isEqualTo(2);
      assertThat(program.driverErrors())
          .contains("start it with --conf spark.plugins=" + ExchangePlugin.class.getName());
      assertThat(directory.resolve("out")).doesNotExist();
    }
  }

  private ClusterProcess start(Map<String, String> properties) throws Exception {
    List<String> arguments = List.of(directory.resolve("out").toString());
    return ClusterProcess.start(
        directory, SessionProgram.class, localCluster(2, 1, 768), properties, arguments);
  }
}
