package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.exchange.PluginExchange;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.DeviceChoice;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.Place;
import io.blockwise.job.worker.Threads;
import io.blockwise.job.worker.Worker;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.Device;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;

/**
 * The replicas of an executor process, kept from one lease to the next. A replica that belongs to a
 * run that is over, or that nobody has used for long, is closed. Thread-safe.
 */
final class ExecutorReplicas {
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(5);
  private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(2);
  private static final Duration BETWEEN_REPORTS = Duration.ofMillis(500);
  private static final ExecutorReplicas INSTANCE = new ExecutorReplicas();

  /** A worker of a run. */
  private record Slot(String run, int worker) {}

  private final Map<Slot, Replica> idle = new HashMap<>();
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
   * @throws io.blockwise.job.UserException or another error that ends the run
   * @throws Exception if the lease may be tried again
   */
  Trained train(RunSetup setup, Lease lease, TaskView task) throws Exception {
    Slot slot = new Slot(setup.run(), lease.worker());
    PluginExchange exchange = PluginExchange.ofThisExecutor();
    LiveFigures live = new LiveFigures(setup.plan().network().blocks().size());
    Threads.requireOnExecutor(setup.threads(), System.getenv());
    DeviceChoice device = device(setup, task);
    Replica replica = replicaFor(slot, lease, setup, device.device(), exchange);
    boolean done = false;
    try {
      LeaseReport report =
          replica.run(
              worker -> worker.train(lease, live),
              task::isKilled,
              new Reporting(() -> exchange.report(lease.attempt(), Figures.sent(live.take()))));
      done = true;
      return new Trained(
          report, Place.here(SparkEnv.get().executorId(), device.device()), device.notice());
    } finally {
      if (done) {
        keep(slot, replica);
      } else {
        replica.close();
      }
    }
  }

  /**
   * Answers of every block of a snapshot; on an idle replica if there is one.
   *
   * @param number of the evaluation among those of the run
   */
  Answers evaluate(
      RunSetup setup, List<BlockState> snapshot, List<Shard> shards, long number, TaskView task)
      throws Exception {
    PluginExchange exchange = PluginExchange.ofThisExecutor();
    Slot slot = anyOf(setup.run());
    Replica replica = slot == null ? null : take(slot);
    boolean borrowed = replica != null;
    if (!borrowed) {
      replica = create(setup, device(setup, task).device(), "blockwise-evaluation", exchange);
    }
    try {
      return replica.run(
          worker -> worker.evaluate(snapshot, shards),
          task::isKilled,
          new Reporting(() -> exchange.reportEvaluation(setup.run(), number)));
    } finally {
      if (borrowed) {
        keep(slot, replica);
      } else {
        replica.close();
      }
    }
  }

  private static DeviceChoice device(RunSetup setup, TaskView task) {
    return DeviceChoice.of(setup.device(), setup.plan().engine(), task.gpu());
  }

  private Replica replicaFor(
      Slot slot, Lease lease, RunSetup setup, Device device, PluginExchange exchange)
      throws Exception {
    Replica cached = take(slot);
    if (cached != null) {
      if (cached.isBefore(lease) && cached.device().equals(device)) {
        return cached;
      }
      cached.close();
    }
    return create(setup, device, "blockwise-worker-" + (slot.worker + 1), exchange);
  }

  private static Replica create(RunSetup setup, Device device, String name, PluginExchange exchange)
      throws Exception {
    return new Replica(
        setup.run(),
        device,
        name,
        () -> new Worker(setup.plan(), device, ExecutorImages.of(setup), exchange));
  }

  private synchronized Slot anyOf(String run) {
    return idle.keySet().stream().filter(slot -> slot.run.equals(run)).findAny().orElse(null);
  }

  private synchronized Replica take(Slot slot) {
    return idle.remove(slot);
  }

  private synchronized void keep(Slot slot, Replica replica) {
    Replica other = idle.put(slot, replica);
    if (other != null) {
      other.close();
    }
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
        PluginExchange exchange = PluginExchange.ofThisExecutor();
        for (String run : runs()) {
          boolean open = exchange.isOpen(run);
          evict(run, open ? LONGEST_IDLE.toNanos() : 0);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<String> runs() {
    return idle.keySet().stream().map(Slot::run).distinct().toList();
  }

  private synchronized void evict(String run, long longestIdle) {
    for (Iterator<Replica> each = idle.values().iterator(); each.hasNext(); ) {
      Replica replica = each.next();
      if (replica.runId().equals(run) && replica.idleNanos() >= longestIdle) {
        each.remove();
        replica.close();
      }
    }
  }

  /** Tells the driver now and then how it goes, which is also the sign of life. */
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
