package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.ExchangeServer;
import io.blockwise.job.exchange.LeaseFigures;
import io.blockwise.job.exchange.LeaseListener;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.Place;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.Names;
import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Workers on Spark executors: every lease is an asynchronous job of one task, which runs where the
 * worker's replica is if that is still there. Used by the driver's thread.
 */
public final class ClusterWorkers implements Workers {
  private static final long GLANCE_MILLIS = 20;

  private final Settings settings;
  private final LeaseResources task;
  private final LeaseJobs jobs;
  private final ExecutorRoster roster;
  private final ExchangeServer server;
  private final JavaSparkContext context;
  private final TaskWatch watch;
  private final Broadcast<RunSetup> setup;
  private final LiveFigures live;
  private final Map<String, LeaseJob> running = new ConcurrentHashMap<>();
  private final Map<Integer, String> homes = new HashMap<>();
  private final ShardHomes shardHomes;
  private final Set<String> noticed = new HashSet<>();
  private final Consumer<String> notices;
  private long noneOpenSince = System.nanoTime();

  private ClusterWorkers(
      Settings settings,
      String run,
      WorkerPlan plan,
      Dataset dataset,
      List<BlockLedger> ledgers,
      LiveFigures live,
      Consumer<String> notices) {
    this.settings = settings;
    this.live = live;
    this.notices = notices;
    context = ClusterSession.open(settings);
    roster = ExecutorRoster.ofThisApplication().orElseThrow();
    task = LeaseResources.of(context.getConf(), settings.device());
    jobs = new LeaseJobs(context, run, task.profile(context.getConf()));
    shardHomes =
        new ShardHomes(settings.data().memory().bytes(), dataset.manifest().shape().bytes());
    setup =
        context.broadcast(
            new RunSetup(
                run,
                plan,
                settings.device(),
                dataset.directory().toString(),
                dataset.fingerprint(),
                settings.data().memory().bytes(),
                task.cores(),
                new SerializableConfiguration(context.hadoopConfiguration())));
    watch = new TaskWatch(run, new Watching());
    context.sc().addSparkListener(watch);
    server = ExchangeServer.serve(run, ledgers, new Listening());
  }

  /**
   * Opens the exchange of a run; workers start with their first lease.
   *
   * @param live hears of the steps of every worker, some time after they were made
   * @param notices hears what the user should know about an executor, a line each
   */
  public static ClusterWorkers start(
      Settings settings,
      String run,
      WorkerPlan plan,
      Dataset dataset,
      List<BlockLedger> ledgers,
      LiveFigures live,
      Consumer<String> notices) {
    return new ClusterWorkers(settings, run, plan, dataset, ledgers, live, notices);
  }

  @Override
  public void awaitStart() throws InterruptedException {
    if (isElastic()) {
      return; // Spark asks for executors when there are tasks for them
    }
    int needed =
        settings.averaging().options().lockStep()
            ? settings.workers().count()
            : settings.workers().min();
    new StartGate(settings.workers(), needed, this::places, task.toString()).await(roster);
  }

  /** With dynamic allocation all, since it is waiting tasks that make executors come. */
  @Override
  public int available() {
    int count = settings.workers().count();
    return isElastic() ? count : Math.min(count, places());
  }

  private int places() {
    return roster.places(task);
  }

  private boolean isElastic() {
    return context.getConf().getBoolean("spark.dynamicAllocation.enabled", false);
  }

  @Override
  public Set<Shard> cached(int worker) {
    return shardHomes.of(homes.get(worker));
  }

  @Override
  public void start(Lease lease) {
    String key = key(lease.attempt());
    Optional<String> home = Optional.ofNullable(homes.get(lease.worker()));
    JavaFutureAction<List<LeaseOutcome>> action =
        jobs.start(lease, key, home.flatMap(roster::location), new LeaseTask(setup));
    running.put(key, new LeaseJob(lease, action));
  }

  @Override
  public List<LeaseEnd> poll(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    List<LeaseEnd> ends = new ArrayList<>();
    while (true) {
      for (Iterator<LeaseJob> each = running.values().iterator(); each.hasNext(); ) {
        Optional<LeaseEnd> ended = ended(each.next());
        if (ended.isPresent()) {
          ends.add(ended.get());
          each.remove();
        }
      }
      requireSomebody();
      if (!ends.isEmpty() || System.nanoTime() >= end) {
        return ends;
      }
      Thread.sleep(GLANCE_MILLIS);
    }
  }

  private Optional<LeaseEnd> ended(LeaseJob job) throws InterruptedException {
    if (job.action().isDone()) {
      return Optional.of(result(job));
    }
    // Spark would try again by itself, with the same shards: dealing them anew reaches the living.
    if (job.failure().isPresent()) {
      return Optional.of(lost(job, job.failure().get()));
    }
    if (job.isOpen() && job.silentNanos() > settings.lease().stallTimeout().toNanos()) {
      return Optional.of(
          lost(
              job,
              "executor "
                  + job.executor().orElse("unknown")
                  + " has been silent for "
                  + Names.of(settings.lease().stallTimeout())
                  + " (lease.stall-timeout)"));
    }
    return Optional.empty();
  }

  private LeaseEnd result(LeaseJob job) throws InterruptedException {
    try {
      LeaseOutcome outcome = job.action().get().get(0);
      if (outcome instanceof LeaseOutcome.Done done) {
        if (!done.notice().isEmpty() && noticed.add(done.place().executor())) {
          notices.accept(done.place() + ": " + done.notice());
        }
        homes.put(job.lease().worker(), done.place().executor());
        shardHomes.add(done.place().executor(), job.lease().shards());
        return LeaseEnd.done(job.lease(), done.report(), done.place());
      }
      throw ((LeaseOutcome.Refused) outcome).exception();
    } catch (ExecutionException e) {
      return lost(job, job.failure().orElse(firstLine(e.getCause())));
    }
  }

  private LeaseEnd lost(LeaseJob job, String reason) {
    job.action().cancel(true);
    homes.remove(job.lease().worker());
    return LeaseEnd.lost(job.lease(), Optional.<Place>empty(), reason);
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause == null ? null : cause.getMessage())
        .lines()
        .findFirst()
        .orElse("unknown");
  }

  /** Nothing ever hangs silently: if no worker is at work for long, the run ends. */
  private void requireSomebody() {
    long now = System.nanoTime();
    if (running.values().stream().anyMatch(LeaseJob::isOpen)) {
      noneOpenSince = now;
    } else if (now - noneOpenSince > settings.workers().startTimeout().toNanos()) {
      throw new RunFailedException(
          "Cannot go on: no worker has found a place for "
              + Names.of(settings.workers().startTimeout())
              + ": there are "
              + roster
              + ", and a worker needs "
              + task
              + " (free resources for executors, or raise"
              + " workers.start-timeout)");
    }
  }

  @Override
  public long[] evaluate(List<BlockState> snapshot, List<Shard> shards)
      throws InterruptedException {
    int parts = Math.max(1, Math.min(available(), shards.size()));
    List<List<Shard>> shares =
        IntStream.range(0, parts)
            .mapToObj(part -> LocalWorkers.share(shards, part, parts))
            .toList();
    Broadcast<List<BlockState>> sent = context.broadcast(snapshot);
    JavaFutureAction<List<long[]>> action =
        jobs.start(shares, "evaluation", new EvaluationTask(setup, sent));
    try {
      long[] correct = new long[snapshot.size()];
      for (long[] part : action.get()) {
        for (int k = 0; k < correct.length; k++) {
          correct[k] += part[k];
        }
      }
      noneOpenSince = System.nanoTime();
      return correct;
    } catch (ExecutionException e) {
      throw new RunFailedException(
          "Cannot evaluate: " + firstLine(e.getCause()) + " (look at the executors' logs)");
    } finally {
      action.cancel(true);
      sent.destroy();
    }
  }

  @Override
  public void close() {
    running.values().forEach(job -> job.action().cancel(true));
    running.clear();
    context.sc().removeSparkListener(watch);
    server.close();
    setup.destroy();
  }

  private static String key(LeaseAttempt attempt) {
    return TaskWatch.key(attempt.run(), attempt.worker(), attempt.lease());
  }

  /** What the workers say. */
  private final class Listening implements LeaseListener {
    @Override
    public void opened(LeaseAttempt attempt) {
      heard(attempt);
    }

    @Override
    public void heard(LeaseAttempt attempt) {
      LeaseJob job = running.get(key(attempt));
      if (job != null) {
        job.heard();
      }
    }

    @Override
    public void figures(LeaseAttempt attempt, LeaseFigures figures) {
      if (running.containsKey(key(attempt))) {
        live.add(Figures.received(figures));
      }
    }
  }

  /** What Spark says. */
  private final class Watching implements TaskWatch.Hearer {
    @Override
    public void started(String lease, String executor) {
      LeaseJob job = running.get(lease);
      if (job != null) {
        job.startedOn(executor);
      }
    }

    @Override
    public void failed(String lease, String reason) {
      LeaseJob job = running.get(lease);
      if (job != null) {
        job.failed(reason);
      }
    }
  }
}
