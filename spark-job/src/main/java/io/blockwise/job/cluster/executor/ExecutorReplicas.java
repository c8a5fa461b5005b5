package io.blockwise.job.cluster.executor;

import io.blockwise.base.files.Storage;
import io.blockwise.job.checkpoint.ReplicaFiles;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.cluster.executor.ExecutorTasks.Trained;
import io.blockwise.job.cluster.executor.IdleReplicas.Slot;
import io.blockwise.job.cluster.executor.IdleReplicas.Taken;
import io.blockwise.job.device.DeviceChoice;
import io.blockwise.job.device.Threads;
import io.blockwise.job.exchange.ExchangePlugin;
import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.CountedExchange;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.Place;
import io.blockwise.job.worker.Worker;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.Device;
import io.blockwise.model.exits.Tally;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * The replicas of an executor process, kept from one lease to the next. A replica that belongs to a
 * run that is over, or that nobody has used for long, is closed. Thread-safe.
 */
final class ExecutorReplicas {
  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);
  private static final Duration BETWEEN_REPORTS = Duration.ofMillis(500);
  private static final ExecutorReplicas INSTANCE = new ExecutorReplicas();

  private final IdleReplicas idle = new IdleReplicas();
  private Thread evictor;

  private ExecutorReplicas() {}

  /** Those of this executor. */
  static ExecutorReplicas ofThisProcess() {
    return INSTANCE;
  }

  /**
   * Trains a lease on the slot's replica if that finished the lease before, else on a new one that
   * starts from the ledgers.
   *
   * @throws io.blockwise.base.UserException or another error that ends the run
   * @throws Exception if the lease may be tried again
   */
  Trained train(RunSetup setup, Lease lease, TaskContext task) throws Exception {
    Slot slot = new Slot(setup.run(), lease.worker());
    PluginExchange exchange = ExchangePlugin.ofThisExecutor();
    LiveFigures live = new LiveFigures(setup.plan().network().blocks().size());
    Threads.requireOnExecutor(setup.libraryThreads(), System.getenv());
    DeviceChoice device = device(setup, task);
    Replica replica = replicaFor(slot, lease, setup, device.device(), task);
    boolean done = false;
    try {
      Trained trained =
          replica.run(
              worker -> trained(worker, lease, live, device),
              task::isInterrupted,
              new Reporting(() -> exchange.report(lease.attempt(), replica.done(), live.take())));
      done = true;
      return trained;
    } finally {
      if (done) {
        idle.keep(slot, replica, setup.idleTimeout());
      } else {
        replica.close();
      }
    }
  }

  private static Trained trained(Worker worker, Lease lease, LiveFigures live, DeviceChoice device)
      throws InterruptedException {
    long start = System.nanoTime();
    LeaseReport report = worker.train(lease, live);
    SavedReplica saved = worker.save(lease, System.nanoTime() - start);
    Place place = Place.here(SparkEnv.get().executorId(), device.device());
    return new Trained(report, place, device.notice(), saved);
  }

  /**
   * Counts what the blocks of a snapshot answer; on an idle replica if there is one.
   *
   * @param number of the evaluation among those of the run
   */
  <T extends Tally<T>> T evaluate(
      RunSetup setup, List<BlockState> snapshot, Census<T> census, long number, TaskContext task)
      throws Exception {
    PluginExchange exchange = ExchangePlugin.ofThisExecutor();
    Optional<Taken> borrowed = idle.takeAny(setup.run());
    Replica replica =
        borrowed.isPresent()
            ? borrowed.get().replica()
            : create(setup, device(setup, task).device(), "blockwise-evaluation", task);
    try {
      return replica.run(
          worker -> worker.evaluate(snapshot, census),
          task::isInterrupted,
          new Reporting(() -> exchange.reportEvaluation(setup.run(), number, replica.done())));
    } finally {
      if (borrowed.isPresent()) {
        idle.keep(borrowed.get().slot(), replica, setup.idleTimeout());
      } else {
        replica.close();
      }
    }
  }

  private static DeviceChoice device(RunSetup setup, TaskContext task) {
    return DeviceChoice.of(setup.device(), setup.plan().engine(), assignedGpu(task));
  }

  private static Optional<String> assignedGpu(TaskContext task) {
    ResourceInformation gpus = task.resourcesJMap().get(RunSetup.GPU);
    return gpus == null ? Optional.empty() : Arrays.stream(gpus.addresses()).findFirst();
  }

  private Replica replicaFor(
      Slot slot, Lease lease, RunSetup setup, Device device, TaskContext task) throws Exception {
    Optional<Replica> cached = idle.take(slot);
    if (cached.isPresent()) {
      if (cached.get().isBefore(lease) && cached.get().device().equals(device)) {
        return cached.get();
      }
      cached.get().close();
    }
    return create(setup, device, "blockwise-worker-" + (slot.worker() + 1), task);
  }

  private Replica create(RunSetup setup, Device device, String name, TaskContext task)
      throws Exception {
    startEvicting();
    PluginExchange exchange = ExchangePlugin.ofThisExecutor().withPatience(setup.plan().patience());
    return new Replica(
        setup.run(),
        device,
        name,
        done ->
            new Worker(
                setup.plan(),
                device,
                ExecutorRows.of(setup).counting(done::advance),
                new ReplicaFiles(new Storage(setup.hadoop().value())),
                new CountedExchange(exchange, done)),
        task::isInterrupted);
  }

  private synchronized void startEvicting() {
    if (evictor == null) {
      evictor = new Thread(this::evictForEver, "blockwise-eviction");
      evictor.setDaemon(true);
      evictor.start();
    }
  }

  private void evictForEver() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_ROUNDS.toMillis());
        Set<String> runs = idle.runs();
        runs.addAll(ExecutorRows.runs());
        idle.evict(runs, run -> ExchangePlugin.ofThisExecutor().isOpen(run))
            .forEach(ExecutorRows::release);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells the driver now and then how it goes; whether that is a sign of life is for it to say. */
  private static final class Reporting implements Runnable {
    private final Runnable report;
    private long last = System.nanoTime();

    Reporting(Runnable report) {
      this.report = report;
    }

    @Override
    public void run() {
      if (System.nanoTime() - last >= BETWEEN_REPORTS.toNanos()) {
        last = System.nanoTime();
        report.run();
      }
    }
  }
}
