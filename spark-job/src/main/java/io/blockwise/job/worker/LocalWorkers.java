package io.blockwise.job.worker;

import io.blockwise.base.Names;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.checkpoint.ReplicaFiles;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.DeviceLostException;
import io.blockwise.model.exits.Tally;
import io.blockwise.model.network.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Workers of this process, each on a thread of its own for life. None of them is ever lost: a
 * failure of one ends the run, and so does one that hangs. Used by the driver's thread.
 */
public final class LocalWorkers implements Workers {
  private static final long GLANCE_MILLIS = 200;

  /** Longer than a step; whoever hangs does not keep the process from ending. */
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(30);

  private final List<ExecutorService> threads = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private final List<WorkCount> counts = new ArrayList<>();
  private final Map<Future<?>, Watched> running = new LinkedHashMap<>();
  private final BlockingQueue<FutureTask<LeaseEnd>> ended = new LinkedBlockingQueue<>();
  private final LiveFigures live;
  private final Duration stallTimeout;

  /** A worker with something to do, and how long it has got on with nothing. */
  private record Watched(int worker, StandStill still) {}

  /** The same without checkpoints, and without anybody who hears what blocks do. */
  public LocalWorkers(
      int count,
      WorkerPlan plan,
      DatasetRows rows,
      ParameterExchange exchange,
      LiveFigures live,
      Duration stallTimeout)
      throws InterruptedException {
    this(
        count,
        plan,
        rows,
        new ReplicaFiles(new Storage(HadoopSettings.current())),
        exchange,
        live,
        stallTimeout,
        worker -> Timeline.NONE);
  }

  /**
   * Starts the threads and builds a worker on each.
   *
   * @param files that workers write for checkpoints
   * @param exchange with the ledgers, of all workers
   * @param live hears of every step of every worker
   * @param stallTimeout time in which a worker gets nothing done that ends the run, {@code
   *     lease.stall-timeout}
   * @param timelines of the workers by their numbers from 0, which hear what their blocks do
   */
  public LocalWorkers(
      int count,
      WorkerPlan plan,
      DatasetRows rows,
      ReplicaFiles files,
      ParameterExchange exchange,
      LiveFigures live,
      Duration stallTimeout,
      IntFunction<Timeline> timelines)
      throws InterruptedException {
    this.live = live;
    this.stallTimeout = stallTimeout;
    for (int i = 0; i < count; i++) {
      String name = "blockwise-worker-" + (i + 1);
      threads.add(Executors.newSingleThreadExecutor(task -> daemon(task, name)));
    }
    try {
      for (ExecutorService thread : threads) {
        WorkCount done = new WorkCount();
        Timeline timeline = timelines.apply(counts.size());
        counts.add(done);
        workers.add(
            join(
                thread.submit(
                    () ->
                        new Worker(
                            plan,
                            Device.CPU,
                            rows.counting(done::advance),
                            files,
                            new CountedExchange(exchange, done),
                            timeline))));
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
        new FutureTask<>(() -> trained(worker, lease)) {
          @Override
          protected void done() {
            ended.add(this);
          }
        };
    watch(task, lease.worker());
    threads.get(lease.worker()).execute(task);
  }

  private LeaseEnd trained(Worker worker, Lease lease) throws InterruptedException {
    long start = System.nanoTime();
    LeaseReport report = worker.train(lease, live);
    SavedReplica saved = worker.save(lease, System.nanoTime() - start);
    return new LeaseEnd.Done(lease, report, Place.here("driver", Device.CPU), saved);
  }

  private void watch(Future<?> task, int worker) {
    long now = counts.get(worker).value();
    running.put(task, new Watched(worker, new StandStill(now, System::nanoTime)));
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
    requireProgress();
    return ends;
  }

  // A thread cannot be taken out of a native call or a read that hangs, so nobody can go on for it.
  private void requireProgress() {
    for (Watched one : running.values()) {
      long done = counts.get(one.worker).value();
      if (one.still.look(done).compareTo(stallTimeout) > 0) {
        throw new RunFailedException(
            "Cannot go on: worker "
                + (one.worker + 1)
                + " has got nothing done for "
                + Names.of(stallTimeout)
                + " (look at the storage that holds the data set, or raise lease.stall-timeout if"
                + " a step takes so long)");
      }
    }
  }

  @Override
  public <T extends Tally<T>> T evaluate(
      List<BlockState> snapshot, Census<T> census, Consumer<String> lost)
      throws InterruptedException {
    List<Future<T>> parts = new ArrayList<>();
    for (int i = 0; i < threads.size(); i++) {
      Worker worker = workers.get(i);
      Census<T> share = census.share(i, threads.size());
      parts.add(threads.get(i).submit(() -> worker.evaluate(snapshot, share)));
      watch(parts.get(i), i);
    }
    T sum = finished(parts.get(0));
    for (Future<T> part : parts.subList(1, parts.size())) {
      sum = sum.plus(finished(part));
    }
    return sum;
  }

  private <T> T finished(Future<T> part) throws InterruptedException {
    while (!isDone(part)) {
      requireProgress();
    }
    T result = join(part);
    running.remove(part);
    return result;
  }

  private static boolean isDone(Future<?> future) throws InterruptedException {
    try {
      future.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // whoever joins it says why
    }
    return true;
  }

  private static <T> T join(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      if (e.getCause() instanceof DeviceLostException lost) {
        throw new RunFailedException(
            "Cannot go on: " + lost.getMessage() + " (look at the device, and start again)");
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
    running.keySet().forEach(future -> future.cancel(true));
    for (int i = 0; i < threads.size(); i++) {
      if (i < workers.size()) {
        threads.get(i).execute(workers.get(i)::close);
      }
      threads.get(i).shutdown();
    }
    boolean interrupted = false;
    long end = System.nanoTime() + LONGEST_FAREWELL.toNanos();
    for (ExecutorService thread : threads) {
      try {
        if (!thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
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
