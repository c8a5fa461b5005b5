package io.blockwise.job.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The workers of this process, each on a thread of its own for life. Used by the driver's thread.
 */
final class WorkerPool implements AutoCloseable {
  /** What a worker does. */
  interface Work<T> {
    /** Runs on the worker's thread; {@code number} counts from 0. */
    T run(Worker worker, int number) throws Exception;
  }

  private final List<ExecutorService> threads = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();

  /** Starts the threads and builds a worker on each. */
  WorkerPool(int count, Supplier<Worker> builder) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      String name = "blockwise-worker-" + (i + 1);
      threads.add(Executors.newSingleThreadExecutor(task -> daemon(task, name)));
    }
    try {
      for (ExecutorService thread : threads) {
        workers.add(join(thread.submit(builder::get)));
      }
    } catch (InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Lets all workers work at once and waits for all of them.
   *
   * @param meanwhile called on this thread every fifth of a second
   * @return their results in the order of the workers
   * @throws InterruptedException if this thread was interrupted; then, and if a worker fails, the
   *     others are told to stop, and {@link #close} waits for them
   */
  <T> List<T> each(Work<T> work, Runnable meanwhile) throws InterruptedException {
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      int number = i;
      Callable<T> task = () -> work.run(workers.get(number), number);
      futures.add(threads.get(i).submit(task));
    }
    try {
      awaitAll(futures, meanwhile);
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(join(future));
      }
      return results;
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  /** Returns when all are done, or as soon as one has failed: the others might wait for it. */
  private static <T> void awaitAll(List<Future<T>> futures, Runnable meanwhile)
      throws InterruptedException {
    for (Future<T> future : futures) {
      while (!future.isDone()) {
        for (Future<T> other : futures) {
          if (other.isDone()) {
            join(other);
          }
        }
        try {
          future.get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          meanwhile.run();
        } catch (ExecutionException e) {
          throw unwrapped(e);
        }
      }
    }
  }

  private static <T> T join(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) throws InterruptedException {
    if (e.getCause() instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    if (e.getCause() instanceof RuntimeException failure) {
      return failure;
    }
    return new IllegalStateException("a worker failed: " + e.getCause(), e.getCause());
  }

  /** Closes the workers on their threads and ends the threads. */
  @Override
  public void close() {
    for (int i = 0; i < threads.size(); i++) {
      if (i < workers.size()) {
        threads.get(i).execute(workers.get(i)::close);
      }
      threads.get(i).shutdown();
    }
    boolean interrupted = false;
    for (ExecutorService thread : threads) {
      try {
        boolean ended = thread.awaitTermination(30, TimeUnit.SECONDS);
        if (!ended) {
          thread.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
