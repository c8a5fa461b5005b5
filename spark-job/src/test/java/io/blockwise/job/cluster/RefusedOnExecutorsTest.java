package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.blockwise.job.ClusterProcess;
import io.blockwise.job.SeveralCommands;
import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is found out on an executor is said by the driver: one line, once. */
@Timeout(240)
@Tag("thorough")
class RefusedOnExecutorsTest {
  private static final String WHERE = ", on executor 0 on ";

  @TempDir Path directory;

  @Test
  void threadsThatAnExecutorDoesNotHaveAreTheUsersToFix() throws Exception {
    try (ClusterRun run =
        ClusterRun.train(
            directory, localCluster(1, 1, 512), Map.of("spark.executorEnv.OMP_NUM_THREADS", "3"))) {
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(2);
      assertThat(run.messages())
          .singleElement()
          .asString()
          .startsWith("Cannot train: OMP_NUM_THREADS is 3, but every worker has 1 thread (set")
          .contains("spark.executorEnv.OMP_NUM_THREADS", WHERE);
      assertThat(run.lastEvent().get("event").asText()).isEqualTo("failed");
    }
  }

  @Test
  void dataSetsAndLossesThatExecutorsRefuseAreOneLineEach() throws Exception {
    Path unseen = Files.createDirectory(directory.resolve("unseen"));
    Path differing = Files.createDirectory(directory.resolve("differing"));
    Path incomplete = Files.createDirectory(directory.resolve("incomplete"));
    Path diverging = Files.createDirectory(directory.resolve("diverging"));
    Files.writeString(
        seenByExecutors(differing).resolve("manifest.json"), "\n", StandardOpenOption.APPEND);
    // read when the first epoch is evaluated
    Files.delete(seenByExecutors(incomplete).resolve("validation/shard-00001.parquet"));
    SmallRuns.copyDataset(unseen);
    SmallRuns.copyDataset(diverging);
    List<String> arguments = new ArrayList<>();
    for (Path run : List.of(unseen, differing, incomplete)) {
      arguments.addAll(train(run, "output=own:" + run.resolve("out")));
    }
    arguments.addAll(
        train(
            diverging,
            "training.learning-rate=1e30",
            "training.optimiser=sgd",
            "averaging.period=1"));
    Map<String, String> properties =
        Map.of(
            "spark.hadoop.fs.own.impl", OwnDiskFileSystem.class.getName(),
            "spark.hadoop.own.directory", directory.toString());
    try (ClusterProcess process =
        ClusterProcess.start(
            directory, SeveralCommands.class, localCluster(1, 1, 512), properties, arguments)) {
      assertThat(process.exitCode(ClusterRun.SECONDS)).as(process.errors()).isZero();
      assertThat(process.output().lines().filter(line -> line.startsWith("exit code")))
          .containsExactly("exit code 2", "exit code 2", "exit code 2", "exit code 1");
      List<String> messages =
          process.driverErrors().lines().filter(line -> !line.startsWith("WARN")).toList();
      assertThat(messages).hasSize(4).allMatch(line -> line.contains(WHERE));
      assertThat(messages.get(0)).startsWith("Cannot open data set own:").contains("manifest.json");
      assertThat(messages.get(1)).startsWith("Cannot read data set own:").contains("differs");
      assertThat(messages.get(2)).startsWith("Cannot read shard validation/shard-00001.parquet: ");
      assertThat(messages.get(3)).startsWith("Cannot train block ").contains("not finite in 20");
    }
  }

  @Test
  void interruptedDriverTakesItsExecutorsWithIt() throws Exception {
    assumeFalse(ClusterProcess.ignoresInterrupts(), "this process was started to ignore SIGINT");
    try (ClusterRun run =
        ClusterRun.train(
            directory, localCluster(2, 1, 512), Map.of(), "workers=2", "training.epochs=100000")) {
      run.await("epoch", 2);
      List<ProcessHandle> executors = run.process().executors();
      ClusterProcess.signal(run.process().driver(), "INT");
      assertThat(run.exitCode()).as(run.process().errors()).isEqualTo(130);
      assertThat(run.messages()).containsExactly("Interrupted");
      assertThat(run.lastEvent().get("event").asText()).isEqualTo("interrupted");
      assertThat(run.models()).doesNotExist();
      assertThat(executors).hasSize(2);
      for (ProcessHandle executor : executors) {
        assertThat(executor.onExit().get(ClusterRun.SECONDS, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  private static List<String> train(Path run, String... sets) throws IOException {
    List<String> line = new ArrayList<>(List.of("train"));
    line.addAll(SmallRuns.arguments(run, sets));
    line.add(SeveralCommands.NEXT);
    return line;
  }

  /** Puts the data set on the driver's disk and on the executors'; returns the latter. */
  private Path seenByExecutors(Path run) throws IOException {
    SmallRuns.copyDataset(run);
    Path disk = directory.resolve("executor-disk" + run);
    Files.createDirectories(disk);
    SmallRuns.copyDataset(disk);
    return disk.resolve("out/datasets/shapes");
  }
}
