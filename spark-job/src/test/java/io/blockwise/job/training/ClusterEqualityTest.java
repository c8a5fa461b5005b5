package io.blockwise.job.training;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.ModelVersion;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs on executors against the same runs on threads of this process. */
@Tag("slow")
@Timeout(240)
class ClusterEqualityTest {
  private static final int SECONDS = 150;

  @TempDir Path directory;

  /** Its optimisers' state has to stay with the replica from one lease to the next. */
  @Test
  void oneWorkerOnAnExecutorIsOneWorkerOnAThreadBitForBit() throws Exception {
    String[] sets = {
      "training.epochs=3", "averaging.period=3", "training.augmentation=weak", "averaging.tape=true"
    };
    Path cluster = own("cluster");
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(SmallRuns.arguments(cluster, sets));
    run(Blockwise.class, localCluster(1, 1, 1024), cluster, arguments);
    assertThat(SmallRuns.published(cluster).blocks()).isEqualTo(trainedHere(sets).blocks());
    assertTapeOfExecutors(cluster);
  }

  @Test
  void blocksThatJoinOnAnExecutorAreThoseThatJoinOnAThreadBitForBit() throws Exception {
    String[] sets = {"training.epochs=3", "averaging.period=3", "growth.at=[2,3]"};
    Path cluster = own("cluster");
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(SmallRuns.arguments(cluster, sets));
    run(Blockwise.class, localCluster(1, 1, 1024), cluster, arguments);
    assertThat(SmallRuns.published(cluster).blocks()).isEqualTo(trainedHere(sets).blocks());
  }

  /** What the driver has seen, which is not enough to repeat the run. */
  private static void assertTapeOfExecutors(Path cluster) throws IOException {
    Path run = SmallRuns.run(cluster);
    List<String> tape = Files.readAllLines(run.resolve("tape.jsonl"));
    assertThat(tape).filteredOn(line -> line.startsWith("{\"lease\"")).hasSize(3);
    assertThat(tape)
        .filteredOn(line -> line.startsWith("{\"fold\""))
        .hasSize((int) SmallRuns.published(cluster).metrics().pushes().accepted());
    assertThat(tape.get(tape.size() - 1)).startsWith("{\"end\"");
    Settings settings =
        Settings.load(
            run.resolve("resolved.conf"),
            List.of("output=" + SmallRuns.output(cluster), "run-id=run"));
    assertThatThrownBy(() -> Replay.run(settings))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot replay %s: its workers were on executors, whose tape says what was dealt and"
                + " folded, but not when workers took note of it (train on one machine with"
                + " --master local[*])",
            run);
  }

  @Test
  void lockStepIsTheMeanThatTreeAggregateMakes() throws Exception {
    String[] sets = {
      "workers=2",
      "averaging.rule=quorum",
      "averaging.period=1000",
      "training.epochs=1",
      "training.schedule.kind=constant"
    };
    Path cluster = own("cluster");
    Path mean = directory.resolve("mean");
    List<String> arguments = new ArrayList<>(List.of(cluster.toString(), mean.toString()));
    arguments.addAll(List.of(sets));
    run(ClusterPrograms.LockStep.class, localCluster(2, 1, 1024), cluster, arguments);
    ModelVersion published = SmallRuns.published(cluster);
    assertThat(published.blocks()).isEqualTo(trainedHere(sets).blocks());
    assertMean(parameters(published), mean);
  }

  /** Executors of two places, so that a worker finds one at its replica. */
  @Test
  void twoRunsInOneApplicationAreEachAsIfAlone() throws Exception {
    String[] sets = {"training.epochs=3", "averaging.period=3"};
    Path first = own("first");
    Path second = own("second");
    List<String> arguments = new ArrayList<>(List.of(first.toString(), second.toString()));
    arguments.addAll(List.of(sets));
    ClusterProcess process =
        run(ClusterPrograms.TwoRuns.class, localCluster(2, 2, 1024), first, arguments);
    assertThat(process.output()).contains("first/out/models", "second/out/models");
    assertThat(SmallRuns.published(first).blocks())
        .isEqualTo(trainedHere("training.epochs=3", "averaging.period=3", "seed=1").blocks());
    assertThat(SmallRuns.published(second).blocks())
        .isEqualTo(trainedHere("training.epochs=3", "averaging.period=3", "seed=2").blocks());
  }

  private ClusterProcess run(Class<?> main, String master, Path cluster, List<String> arguments)
      throws Exception {
    try (ClusterProcess process =
        ClusterProcess.start(cluster, main, master, Map.of("spark.task.cpus", "1"), arguments)) {
      assertThat(process.exitCode(SECONDS)).as(process.errors()).isZero();
      return process;
    }
  }

  private Path own(String name) throws IOException {
    Path own = Files.createDirectory(directory.resolve(name));
    SmallRuns.copyDataset(own);
    return own;
  }

  private ModelVersion trainedHere(String... sets) throws Exception {
    Path own = Files.createTempDirectory(directory, "here");
    SmallRuns.train(SmallRuns.settings(own, sets));
    return SmallRuns.published(own);
  }

  private static float[] parameters(ModelVersion version) {
    return ClusterPrograms.joined(
        version.blocks().stream().map(block -> block.parameters().toArray()).toList());
  }

  /** Largest difference relative to the largest value. */
  private static void assertMean(float[] found, Path mean) throws IOException {
    assertThat(Files.size(mean)).isEqualTo((long) found.length * Double.BYTES);
    double largest = 0;
    double difference = 0;
    try (DataInputStream in = new DataInputStream(Files.newInputStream(mean))) {
      for (float value : found) {
        double expected = in.readDouble();
        largest = Math.max(largest, Math.abs(expected));
        difference = Math.max(difference, Math.abs(value - expected));
      }
    }
    assertThat(difference / largest).isLessThan(1e-6);
  }
}
