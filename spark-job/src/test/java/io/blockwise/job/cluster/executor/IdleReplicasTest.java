package io.blockwise.job.cluster.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.cluster.executor.IdleReplicas.Slot;
import io.blockwise.job.cluster.executor.IdleReplicas.Taken;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.ReplyLostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120) // what hangs shall fail
class IdleReplicasTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final IdleReplicas idle = new IdleReplicas();

  @TempDir Path directory;

  private SmallRuns.Parts parts;

  @Test
  void twoEvaluationsAtOnceGetAReplicaEach() throws Exception {
    ExecutorService tasks = Executors.newFixedThreadPool(2);
    CyclicBarrier together = new CyclicBarrier(2);
    for (int worker = 0; worker < 2; worker++) {
      idle.keep(new Slot("run", worker), replica(), LONG);
    }
    for (int round = 0; round < 2000; round++) {
      List<Future<Taken>> evaluations = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        evaluations.add(
            tasks.submit(
                () -> {
                  together.await();
                  return idle.takeAny("run").orElseThrow();
                }));
      }
      Taken one = evaluations.get(0).get();
      Taken other = evaluations.get(1).get();
      assertThat(one.replica()).isNotSameAs(other.replica());
      assertThat(idle.takeAny("run")).isEmpty();
      idle.keep(one.slot(), one.replica(), LONG);
      idle.keep(other.slot(), other.replica(), LONG);
    }
    tasks.shutdown();
  }

  @Test
  void replicasOfARunThatIsOverAreClosed() throws Exception {
    Replica over = replica();
    Replica open = replica();
    idle.keep(new Slot("over", 0), over, LONG);
    idle.keep(new Slot("open", 0), open, LONG);
    assertThat(idle.evict(idle.runs(), run -> run.equals("open"))).containsExactly("over");
    assertClosed(over);
    assertThat(idle.take(new Slot("open", 0))).containsSame(open);
    open.close();
  }

  @Test
  void replicaThatNobodyTakesIsClosed() throws Exception {
    Replica old = replica();
    idle.keep(new Slot("run", 0), old, Duration.ZERO);
    assertThat(idle.evict(idle.runs(), run -> true)).isEmpty();
    assertClosed(old);
    assertThat(idle.runs()).isEmpty();
  }

  @Test
  void lostAnswerKeepsReplicasUntilTheNextRound() throws Exception {
    Replica one = replica();
    Replica other = replica();
    idle.keep(new Slot("a", 0), one, LONG);
    idle.keep(new Slot("b", 0), other, LONG);
    Set<String> runs = idle.runs();
    List<String> over =
        idle.evict(
            runs,
            run -> {
              if (run.equals("a")) {
                throw new ReplyLostException("No answer from the driver", null);
              }
              return false;
            });
    assertThat(over).containsExactly("b");
    assertClosed(other);
    assertThat(idle.evict(idle.runs(), run -> false)).containsExactly("a");
    assertClosed(one);
  }

  private Replica replica() throws Exception {
    if (parts == null) {
      parts = SmallRuns.parts(SmallRuns.settings(directory));
    }
    return SmallReplica.of(parts);
  }

  private static void assertClosed(Replica replica) {
    assertThatThrownBy(() -> replica.run(worker -> 1, () -> false, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }
}
