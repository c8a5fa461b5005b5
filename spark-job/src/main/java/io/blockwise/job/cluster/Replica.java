package io.blockwise.job.cluster;

import io.blockwise.job.worker.Lease;
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
import java.util.function.Supplier;

/**
 * A worker of an executor with the thread that is its own for life, because the numerical library
 * ties memory and threads to it. Used by one task at a time.
 */
final class Replica implements AutoCloseable {
  private static final long GLANCE_MILLIS = 100;

  private final ExecutorService thread;
  private final Worker worker;
  private final String run;
  private final Device device;
  private long idleSince = System.nanoTime();

  /** Builds the worker on its thread. */
  Replica(String run, Device device, String name, Supplier<Worker> builder) throws Exception {
    this.run = run;
    this.device = device;
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, name);
              created.setDaemon(true);
              return created;
            });
    try {
      worker = call(builder::get, () -> false, () -> {});
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
   * Does something on the worker's thread. A kill interrupts it, and returns when it has stopped.
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
          return result.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
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
      result.cancel(true);
    }
  }

  /** Whether the replica may go on with this lease as it is. */
  boolean isBefore(Lease lease) {
    return worker.isBefore(lease);
  }

  /** Run that it belongs to. */
  String runId() {
    return run;
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
