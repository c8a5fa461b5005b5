package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that get SIGKILL, with executors, and applications that go on for them. */
@Timeout(400)
@Tag("thorough")
class KilledDriverTest {
  @TempDir Path directory;

  @Test
  void anotherApplicationGoesOnWhereTheLastCheckpointWas() throws Exception {
    String[] sets = {
      "workers=2", "training.epochs=10", "lease.seconds=1", "checkpoint.interval=1s"
    };
    kill(2, sets);
    try (ClusterRun again = run(sets)) {
      assertThat(again.exitCode()).as(again.process().errors()).isZero();
      again.assertPublished();
      assertThat(again.process().output()).contains("Run run goes on from checkpoint ");
      assertThat(again.messages()).isEmpty();
      JsonNode resumed = again.events("resumed").get(0);
      assertThat(resumed.get("fraction").asDouble()).isBetween(0.01, 0.99);
      // One of the epoch in which it was killed may be in it twice.
      assertThat(again.events("epoch").stream().map(e -> e.get("epoch").asInt()).distinct())
          .hasSize(10);
      JsonNode metrics = again.lastEvent().get("metrics");
      assertThat(metrics.get("epochs").asInt()).isEqualTo(10);
      assertThat(SmallRuns.output(directory).resolve("runs/run/checkpoints")).doesNotExist();
    }
  }

  /** In lock-step there is nothing that depends on anybody's speed. */
  @Test
  @Tag("slow")
  void inLockStepItEndsInTheBytesOfARunThatNobodyKilled() throws Exception {
    String[] sets = {
      "workers=2",
      "averaging.rule=quorum",
      "averaging.period=3",
      "training.epochs=8",
      "training.optimiser=adam",
      "checkpoint.interval=1ms"
    };
    kill(2, sets);
    kill(4, sets);
    try (ClusterRun again = run(sets)) {
      assertThat(again.exitCode()).as(again.process().errors()).isZero();
    }
    Path whole = Files.createDirectory(directory.resolve("whole"));
    SmallRuns.train(SmallRuns.settings(whole, sets));
    assertThat(SmallRuns.published(directory).blocks())
        .isEqualTo(SmallRuns.published(whole).blocks());
    assertThat(SmallRuns.published(directory).metrics().validation())
        .isEqualTo(SmallRuns.published(whole).metrics().validation());
  }

  /** Until it was caught between the first file of a checkpoint and its manifest. */
  @Test
  @Tag("slow")
  void checkpointThatWasNotFinishedDoesNotCount() throws Exception {
    String[] sets = {
      "workers=2", "training.epochs=400", "lease.seconds=1", "checkpoint.interval=1ms"
    };
    Path checkpoints = SmallRuns.output(directory).resolve("runs/run/checkpoints");
    Path begun = null;
    for (int number = 3; begun == null; number += 4) {
      Path next = checkpoints.resolve(String.format("%06d", number));
      kill(next, sets);
      begun = Files.exists(next.resolve("manifest.json")) ? null : next;
    }
    assertThat(begun).isNotEmptyDirectory();
    try (ClusterRun again = run(sets)) {
      int before = again.events("resumed").size();
      again.await("resumed", before + 1);
      JsonNode from = again.events("resumed").get(before).get("checkpoint");
      assertThat(from.asInt()).isEqualTo(Integer.parseInt(begun.getFileName().toString()) - 1);
    }
  }

  private ClusterRun run(String... sets) throws IOException {
    if (Files.exists(SmallRuns.output(directory))) {
      return ClusterRun.again(directory, localCluster(2, 1, 1024), Map.of(), sets);
    }
    return ClusterRun.train(directory, localCluster(2, 1, 1024), Map.of(), sets);
  }

  /** Kills the driver of a run as soon as so many checkpoints are complete. */
  private void kill(int checkpoints, String... sets) throws Exception {
    kill(
        SmallRuns.output(directory)
            .resolve(String.format("runs/run/checkpoints/%06d/manifest.json", checkpoints)),
        sets);
  }

  /** Kills the driver of a run as soon as a file is there. */
  private void kill(Path file, String... sets) throws Exception {
    try (ClusterRun run = run(sets)) {
      run.await(() -> Files.exists(file));
      List<ProcessHandle> executors = run.process().executors();
      ProcessHandle driver = run.process().driver();
      assertThat(driver.destroyForcibly()).isTrue();
      var unused = driver.onExit().get();
      for (ProcessHandle executor : executors) {
        executor.onExit().get(); // they end by themselves when they miss it
      }
      assertThat(run.models().resolve("small")).doesNotExist();
    }
  }
}
