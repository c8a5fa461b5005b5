package io.blockwise.job.cluster.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.training.SmallRuns;
import java.lang.Thread.State;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // what hangs shall fail
class ReplicaTest {
  private static final Set<State> WAITS = Set.of(State.WAITING, State.TIMED_WAITING);

  @TempDir Path directory;

  @Test
  void killInMidStepReturnsWhenTheStepIsOver() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean overOnReturn = new AtomicBoolean();
    CountDownLatch inStep = new CountDownLatch(1);
    try (Replica replica = replica()) {
      Thread task =
          new Thread(
              () -> {
                try {
                  Thread caller = Thread.currentThread();
                  replica.run(
                      worker -> stepThatCannotBeStopped(caller, inStep, over),
                      () -> inStep.getCount() == 0,
                      () -> {});
                } catch (Throwable e) {
                  overOnReturn.set(over.get());
                  thrown.set(e);
                }
              });
      task.start();
      task.join();
    }
    assertThat(thrown.get())
        .isInstanceOf(InterruptedException.class)
        .hasMessage("the task was killed");
    assertThat(overOnReturn).isTrue();
  }

  /** The kill has come when the thread is interrupted, and the step goes on. */
  private static Void stepThatCannotBeStopped(
      Thread caller, CountDownLatch inStep, AtomicBoolean over) {
    inStep.countDown();
    boolean killed = false;
    while (!killed) {
      killed = Thread.interrupted();
      Thread.onSpinWait();
    }
    // the caller returns now, or waits for this thread
    while (caller.isAlive() && !WAITS.contains(caller.getState())) {
      Thread.onSpinWait();
    }
    over.set(true);
    return null;
  }

  @Test
  void interruptOfTheTaskInMidStepWaitsAsWell() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    CountDownLatch inStep = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    try (Replica replica = replica()) {
      assertThatThrownBy(
              () ->
                  replica.run(
                      worker -> {
                        caller.interrupt();
                        return stepThatCannotBeStopped(caller, inStep, over);
                      },
                      () -> false,
                      () -> {}))
          .isInstanceOf(InterruptedException.class);
      assertThat(over).isTrue();
    }
  }

  private Replica replica() throws Exception {
    return SmallReplica.of(SmallRuns.parts(SmallRuns.settings(directory)));
  }
}
