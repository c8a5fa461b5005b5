package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.input.Images;
import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.InProcessExchange;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.engine.Device;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Workers of this process, each on a thread of its own for life. None of them is ever lost: a
 * failure of one ends the run. Used by the driver's thread.
 */
public final class LocalWorkers implements Workers {
  private final List<ExecutorService> threads = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final List<Future<?>> running = new ArrayList<>();
  private final BlockingQueue<FutureTask<LeaseEnd>> ended = new LinkedBlockingQueue<>();
  private final LiveFigures live;

  /**
   * Starts the threads and builds a worker on each.
   *
   * @param live hears of every step of every worker
   */
  public LocalWorkers(
      int count, WorkerPlan plan, Images images, List<BlockLedger> ledgers, LiveFigures live)
      throws InterruptedException {
    this.live = live;
    ParameterExchange exchange = new InProcessExchange(ledgers);
    for (int i = 0; i < count; i++) {
      String name = "blockwise-worker-" + (i + 1);
      threads.add(Executors.newSingleThreadExecutor(task -> daemon(task, name)));
    }
    try {
      for (ExecutorService thread : threads) {
        workers.add(join(thread.submit(() -> new Worker(plan, Device.CPU, images, exchange))));
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

  @Override
  public void awaitStart() {
    // they are here already
  }

  @Override
  public int available() {
    return threads.size();
  }

  /** Empty: what one of them has read serves all. */
  @Override
  public Set<Shard> cached(int worker) {
    return Set.of();
  }

  @Override
  public void start(Lease lease) {
    Worker worker = workers.get(lease.worker());
    FutureTask<LeaseEnd> task =
        new FutureTask<>(
            () ->
                LeaseEnd.done(lease, worker.train(lease, live), Place.here("driver", Device.CPU))) {
          @Override
          protected void done() {
            ended.add(this);
          }
        };
    running.add(task);
    threads.get(lease.worker()).execute(task);
  }

  @Override
  public List<LeaseEnd> poll(Duration atMost) throws InterruptedException {
    List<FutureTask<LeaseEnd>> tasks = new ArrayList<>();
    FutureTask<LeaseEnd> first = ended.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
    if (first != null) {
      tasks.add(first);
      ended.drainTo(tasks);
    }
    List<LeaseEnd> ends = new ArrayList<>();
    for (FutureTask<LeaseEnd> task : tasks) {
      ends.add(join(task));
      running.remove(task);
    }
    return ends;
  }

  @Override
  public Answers evaluate(List<BlockState> snapshot, List<Shard> shards, Consumer<String> lost)
      throws InterruptedException {
    List<Future<Answers>> parts = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      Worker worker = workers.get(i);
      List<Shard> share = share(shards, i, threads.size());
      parts.add(threads.get(i).submit(() -> worker.evaluate(snapshot, share)));
    }
    running.addAll(parts);
    Answers answers = join(parts.get(0));
    for (Future<Answers> part : parts.subList(1, parts.size())) {
      answers = answers.plus(join(part));
    }
    running.removeAll(parts);
    return answers;
  }

  /** Every {@code of}-th shard, from number {@code part} on. */
  public static List<Shard> share(List<Shard> shards, int part, int of) {
    return IntStream.range(0, shards.size())
        .filter(i -> i % of == part)
        .mapToObj(shards::get)
        .toList();
  }

  private static <T> T join(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a worker failed: " + e.getCause(), e.getCause());
    }
  }

  /** Stops what is running, closes the workers on their threads and ends the threads. */
  @Override
  public void close() {
    running.forEach(future -> future.cancel(true));
    for (int i = 0; i < threads.size(); i++) {
      if (i < workers.size()) {
        threads.get(i).execute(workers.get(i)::close);
      }
      threads.get(i).shutdown();
    }
    boolean interrupted = false;
    for (ExecutorService thread : threads) {
      try {
        if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
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
