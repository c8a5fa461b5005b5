package io.blockwise.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work in a thread of its own, which a test can see waiting, interrupt, and ask for its outcome.
 *
 * <p>Nothing here ends by itself if the work does not: the test has a timeout. Used by one thread.
 *
 * @param <T> result of the work
 */
public final class Background<T> {
  private final FutureTask<T> task;
  private final Thread thread;

  private Background(Callable<T> work) {
    task = new FutureTask<>(work);
    thread = new Thread(task, "test-background");
    thread.setDaemon(true);
  }

  /** Begins the work. */
  public static <T> Background<T> start(Callable<T> work) {
    Background<T> background = new Background<>(work);
    background.thread.start();
    return background;
  }

  /** Begins the work and returns when it waits for another thread. */
  public static <T> Background<T> startAndAwaitWaiting(Callable<T> work) {
    Background<T> background = start(work);
    background.awaitWaiting();
    return background;
  }

  /**
   * Returns when the work waits for another thread.
   *
   * @throws AssertionError if it ends instead
   */
  public void awaitWaiting() {
    awaitWaiting(thread);
  }

  /**
   * Returns when a thread waits for another one to do something: on a condition, a monitor, a latch
   * or a future, and not merely for a lock, which it gets without anybody's doing.
   *
   * @throws AssertionError if the thread ends instead
   */
  public static void awaitWaiting(Thread thread) {
    while (!waits(thread)) {
      if (thread.getState() == Thread.State.TERMINATED) {
        throw new AssertionError("Thread " + thread.getName() + " has ended and waits for nobody");
      }
      Thread.onSpinWait();
    }
  }

  static boolean waits(Thread thread) {
    Thread.State state = thread.getState();
    Object blocker = LockSupport.getBlocker(thread);
    return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
        && (blocker == null || blocker.getClass().getEnclosingClass() != ReentrantLock.class);
  }

  /** Interrupts the thread. */
  public void interrupt() {
    thread.interrupt();
  }

  /**
   * Waits for the result.
   *
   * @throws ExecutionException with what the work has thrown
   */
  public T result() throws ExecutionException, InterruptedException {
    return task.get();
  }

  /**
   * Waits for the failure.
   *
   * @throws AssertionError if the work does not fail
   */
  public Throwable failure() throws InterruptedException {
    try {
      throw new AssertionError("no failure, but " + task.get());
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }
}
