package io.blockwise.job.cluster.executor;

import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.WorkCount;
import io.blockwise.job.worker.Worker;
import io.blockwise.model.engine.Device;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker of an executor with the thread that is its own for life, because the numerical library
 * ties memory and threads to it. Used by one task at a time.
 */
final class Replica implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
  private static final long POLL_MILLIS = 100;
  private static final long SECONDS_BETWEEN_WARNINGS = 10;

  private final String name;
  private final WorkCount done = new WorkCount();
  private final ExecutorService thread;
  private final Worker worker;
  private final String run;
  private final Device device;
  private volatile long idleSince = System.nanoTime();

  /**
   * Builds the worker on its thread.
   *
   * @param name of the thread
   * @param builder makes a worker that counts what it gets done
   * @param killed whether Spark wants the task to end
   */
  Replica(
      String run,
      Device device,
      String name,
      Function<WorkCount, Worker> builder,
      BooleanSupplier killed)
      throws Exception {
    this.run = run;
    this.device = device;
    this.name = name;
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, name);
              created.setDaemon(true);
              return created;
            });
    try {
      worker = call(() -> builder.apply(done), killed, () -> {});
    } catch (Exception e) {
      thread.shutdownNow();
      throw e;
    }
  }

  /** Something to be done with a worker. */
  interface Work<T> {
    /** Runs on the worker's thread. */
    T with(Worker worker) throws Exception;
  }

  /**
   * Does something on the worker's thread. A kill interrupts it, and this returns when it has
   * stopped: until then the worker takes its memory and its cores, and nobody shall have them. One
   * that never stops is what Spark's task reaper ends, with the process.
   *
   * @param killed whether Spark wants the task to end
   * @param meanwhile called now and then
   */
  <T> T run(Work<T> work, BooleanSupplier killed, Runnable meanwhile) throws Exception {
    try {
      return call(() -> work.with(worker), killed, meanwhile);
    } finally {
      idleSince = System.nanoTime();
    }
  }

  private <T> T call(Callable<T> work, BooleanSupplier killed, Runnable meanwhile)
      throws Exception {
    Future<T> result = thread.submit(work);
    try {
      while (true) {
        try {
          return result.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (killed.getAsBoolean()) {
            throw new InterruptedException("the task was killed");
          }
          meanwhile.run();
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      if (!result.isDone()) {
        result.cancel(true);
        awaitFreeThread();
      }
    }
  }

  // A cancelled future is done at once, whatever its thread is doing.
  private void awaitFreeThread() {
    Future<?> free = thread.submit(() -> {});
    long since = System.nanoTime();
    boolean interrupted = false;
    while (!free.isDone()) {
      try {
        free.get(SECONDS_BETWEEN_WARNINGS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true; // as of now, only its end helps
      } catch (TimeoutException e) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
        LOG.warn("{} of run {} has not stopped {} s after its task was killed", name, run, seconds);
      } catch (ExecutionException e) {
        throw new AssertionError("nothing cannot fail", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What its worker has got done, over all its tasks. */
  long done() {
    return done.value();
  }

  /** Whether the replica may go on with this lease as it is. */
  boolean isBefore(Lease lease) {
    return worker.isBefore(lease);
  }

  /** Where it computes. */
  Device device() {
    return device;
  }

  /** Time since it was last used. */
  long idleNanos() {
    return System.nanoTime() - idleSince;
  }

  /** Frees the worker's memory as soon as its thread is free; does not wait for that. */
  @Override
  public void close() {
    thread.execute(worker::close);
    thread.shutdown();
  }
}
