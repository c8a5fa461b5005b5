package io.blockwise.job.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static io.blockwise.job.ClusterProcess.signal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.FaultyFileSystem.Fault;
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
@Tag("slow")
class PausedExecutorTest {
  /** Enough for many pauses. */
  private static final int EPOCHS = 40;

  @TempDir Path directory;

  @Test
  void pushesOfOneThatWakesTooLateDoNotCount() throws Exception {
    wakeTooLate("averaging.rule=average");
  }

  @Test
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
          .matches("executor [01] has got nothing done for 3s \\(lease.stall-timeout\\)");
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
  void whatItWasEvaluatingIsEvaluatedByOthers() throws Exception {
    try (ClusterRun run =
        ClusterRun.trainFaulty(
            directory,
            Fault.HANG,
            "validation", // so that whoever is paused evaluates
            localCluster(2, 1, 512),
            "averaging.rule=quorum",
            "training.epochs=3",
            "lease.stall-timeout=3s",
            "lease.max-failures=1000",
            "workers=2")) {
      ProcessHandle paused = run.awaitFaulty();
      signal(paused, "STOP");
      run.await("evaluation_lost", 1);
      signal(paused, "CONT");
      assertThat(run.events("evaluation_lost").get(0).get("reason").asText())
          .matches("executor [01] has got nothing done for 3s \\(lease.stall-timeout\\)");
      assertThat(run.exitCode()).as(run.process().errors()).isZero();
      run.assertEveryRowOnce(3);
      run.assertPublished();
    }
  }

  /** Leases that were taken away. */
  private static int lost(ClusterRun run) {
    return run.events("lease_lost").size();
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
