package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors whose local directory lies on a disk without room. */
@Timeout(360)
@Tag("slow")
class FullDiskTest {
  @TempDir Path directory;
  private Path local;

  @BeforeEach
  void makeLocalDirectory() throws Exception {
    local = Files.createDirectory(directory.resolve("local"));
    String mount = "mount -t tmpfs -o size=64k tmpfs " + local;
    assumeTrue(
        new ProcessBuilder("unshare", "-rm", "sh", "-c", mount).start().waitFor() == 0,
        "no file systems can be mounted here");
  }

  @Test
  void preparationEndsWithOneLineAndLeavesNoDataSet() throws Exception {
    ClusterProcess process = start(64, "prepare");
    assertThat(process.exitCode(ClusterRun.SECONDS)).as(process.errors()).isEqualTo(2);
    assertThat(process.driverErrors().lines())
        .last()
        .asString()
        .startsWith("Cannot prepare data set ")
        .contains("No space left on device (free some in spark.local.dir = " + local);
    assertThat(directory.resolve("out/datasets/shapes")).doesNotExist();
  }

  @Test
  void trainingNeedsNoRoomThere() throws Exception {
    SmallRuns.copyDataset(directory);
    ClusterProcess process = start(512, "train");
    assertThat(process.exitCode(ClusterRun.SECONDS)).as(process.errors()).isZero();
  }

  private ClusterProcess start(int kilobytes, String command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(SmallRuns.arguments(directory, "workers=2", "training.epochs=2"));
    return ClusterProcess.startOnDisk(
        local, kilobytes, directory, Blockwise.class, localCluster(2, 1, 512), arguments);
  }
}
