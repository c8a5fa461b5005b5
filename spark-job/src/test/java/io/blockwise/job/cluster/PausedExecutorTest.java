package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static io.blockwise.job.ClusterProcess.signal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that get SIGSTOP, and SIGCONT later. */
@Timeout(360)
class PausedExecutorTest {
  private static final int EPOCHS = 20;

  @TempDir Path directory;

  @Test
  void pushesOfOneThatWakesTooLateDoNotCount() throws Exception {
    wakeTooLate("averaging.rule=average");
  }

  @Test
  @Tag("slow")
  void othersInLockStepDoNotWaitForIt() throws Exception {
    wakeTooLate("averaging.rule=quorum");
  }

  private void wakeTooLate(String rule) throws Exception {
    try (ClusterRun run =
        train(
            rule,
            "training.epochs=" + EPOCHS,
            "averaging.period=1",
            "lease.stall-timeout=3s",
            "lease.max-failures=1000")) {
      run.await("epoch", 1);
      run.await(() -> run.atWork().size() == 2);
      while (fenced(run) == 0) {
        ProcessHandle paused = run.atWork().get(0);
        run.await(() -> ClusterRun.reads(paused));
        pauseUntilSomethingIsLost(run, paused);
      }
      assertThat(run.events("lease_lost").get(0).get("reason").asText())
          .matches("executor [01] has been silent for 3s \\(lease.stall-timeout\\)");
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      run.assertEveryRowOnce(EPOCHS);
      run.assertPublished();
    }
  }

  /** While it sleeps, the other one trains everything; then both train again. */
  private static void pauseUntilSomethingIsLost(ClusterRun run, ProcessHandle paused)
      throws IOException, InterruptedException {
    int lost = lost(run);
    signal(paused, "STOP");
    try {
      run.await(() -> lost(run) > lost);
      int epochs = run.events("epoch").size();
      run.await("epoch", epochs + 2);
      assertThat(executors(run)).hasSize(1).doesNotContainKey(paused.pid());
    } finally {
      signal(paused, "CONT");
    }
    run.await(() -> executors(run).containsKey(paused.pid()));
  }

  @Test
  @Tag("slow")
  void whatItWasEvaluatingIsEvaluatedByOthers() throws Exception {
    try (ClusterRun run =
        ClusterRun.trainUnprepared(
            directory,
            localCluster(2, 1, 512),
            Map.of(),
            "averaging.rule=quorum",
            "training.epochs=" + EPOCHS,
            "lease.stall-timeout=3s",
            "lease.max-failures=1000",
            "workers=2",
            "vgg-small.width=32",
            // as much to evaluate as to train on, and it takes longer
            "data.shapes.train=720",
            "data.validation-fraction=0.5",
            "evaluation.batch-size=1")) {
      run.await("epoch", 1);
      run.await(() -> run.atWork().size() == 2);
      while (run.events("evaluation_lost").isEmpty()) {
        ProcessHandle paused = run.atWork().get(0);
        run.await(() -> ClusterRun.reads(paused)); // to train
        run.await(() -> !ClusterRun.reads(paused));
        run.await(() -> ClusterRun.reads(paused)); // to evaluate
        pauseUntilSomethingIsLost(run, paused);
      }
      assertThat(run.events("evaluation_lost").get(0).get("reason").asText())
          .matches("executor [01] has been silent for 3s \\(lease.stall-timeout\\)");
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      run.assertEveryRowOnce(EPOCHS);
      run.assertPublished();
    }
  }

  /** Leases and evaluations that were taken away. */
  private static int lost(ClusterRun run) {
    return run.events("lease_lost").size() + run.events("evaluation_lost").size();
  }

  @Test
  @Tag("slow")
  void othersTrainMoreThanASlowOne() throws Exception {
    int epochs = 10;
    try (ClusterRun run = train("lease.seconds=1", "training.epochs=" + epochs)) {
      run.await("epoch", 1);
      run.await(() -> run.atWork().size() == 2);
      ProcessHandle slow = run.atWork().get(0);
      int before = run.events("epoch").size();
      while (run.events("finished").isEmpty() && run.process().driver().isAlive()) {
        signal(slow, "STOP");
        Thread.sleep(100); // what makes it slow
        signal(slow, "CONT");
        Thread.sleep(50);
      }
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      run.assertEveryRowOnce(epochs);
      run.assertPublished();
      Map<Long, Integer> examples = new HashMap<>();
      for (JsonNode epoch : run.events("epoch").subList(before + 1, epochs)) {
        add(examples, epoch);
      }
      long other = examples.keySet().stream().filter(pid -> pid != slow.pid()).findAny().get();
      assertThat(examples.get(other)).isGreaterThan(3 * examples.getOrDefault(slow.pid(), 0) / 2);
    }
  }

  private ClusterRun train(String... sets) throws IOException {
    String[] all = new String[sets.length + 2];
    System.arraycopy(sets, 0, all, 0, sets.length);
    all[sets.length] = "workers=2";
    all[sets.length + 1] = "vgg-small.width=32";
    return ClusterRun.train(directory, localCluster(2, 1, 512), Map.of(), all);
  }

  private static long fenced(ClusterRun run) {
    return lastCounts(run).get("fenced").asLong();
  }

  private static JsonNode lastCounts(ClusterRun run) {
    return lastEpoch(run).get("pushes_so_far");
  }

  /** Who has trained how much in the last epoch, by process. */
  private static Map<Long, Integer> executors(ClusterRun run) {
    Map<Long, Integer> examples = new HashMap<>();
    add(examples, lastEpoch(run));
    return examples;
  }

  private static void add(Map<Long, Integer> examples, JsonNode epoch) {
    for (JsonNode executor : epoch.get("executors")) {
      examples.merge(executor.get("pid").asLong(), executor.get("examples").asInt(), Integer::sum);
    }
  }

  private static JsonNode lastEpoch(ClusterRun run) {
    List<JsonNode> epochs = run.events("epoch");
    return epochs.get(epochs.size() - 1);
  }
}
