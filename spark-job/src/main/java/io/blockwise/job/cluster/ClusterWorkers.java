package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.ExchangeCounts;
import io.blockwise.job.exchange.ExchangeServer;
import io.blockwise.job.exchange.LeaseFigures;
import io.blockwise.job.exchange.LeaseListener;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.Traffic;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.Names;
import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Workers on Spark executors: every lease is an asynchronous job of one task, which runs where the
 * worker's replica is if that is still there. Used by the driver's thread.
 */
public final class ClusterWorkers implements Workers {
  private static final long GLANCE_MILLIS = 20;
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(3);

  private final Settings settings;
  private final LeaseResources task;
  private final LeaseJobs jobs;
  private final ExecutorRoster roster;
  private final ExchangeServer server;
  private final JavaSparkContext context;
  private final TaskWatch watch;
  private final Broadcast<RunSetup> setup;
  private final LiveFigures live;
  private final IdleLimit idle;
  private final ClusterEvaluation evaluation;
  private final Map<String, LeaseJob> running = new ConcurrentHashMap<>();
  private final Map<String, LeaseJob> leaving = new ConcurrentHashMap<>();
  private final Map<Integer, String> homes = new HashMap<>();
  private final ShardHomes shardHomes;
  private final Set<String> noticed = new HashSet<>();
  private final Consumer<String> notices;

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
                location(dataset).toString(),
                dataset.fingerprint(),
                settings.data().memory().bytes(),
                task.cores(),
                new SerializableConfiguration(context.hadoopConfiguration())));
    idle = new IdleLimit(context, roster, task, settings.workers().startTimeout());
    evaluation = new ClusterEvaluation(context, jobs, setup, idle);
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

  // An executor's working directory is another one.
  private Path location(Dataset dataset) {
    try {
      FileSystem files = dataset.directory().getFileSystem(context.hadoopConfiguration());
      return files.makeQualified(dataset.directory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void awaitStart() throws InterruptedException {
    StartGate.await(settings, context, roster);
    idle.restart();
  }

  /**
   * With dynamic allocation all, since it is waiting tasks that make executors come. Otherwise a
   * lease that was taken away holds its place until its task has stopped: a worker that is told to
   * start there would keep those waiting that run in lock-step with it.
   */
  @Override
  public int available() {
    leaving.values().removeIf(job -> !job.hasPlace());
    int count = settings.workers().count();
    return ClusterSession.isElastic(context)
        ? count
        : Math.max(0, Math.min(count, places() - leaving.size()));
  }

  private int places() {
    return roster.places(task);
  }

  @Override
  public Set<Shard> cached(int worker) {
    return shardHomes.of(homes.get(worker));
  }

  @Override
  public void start(Lease lease) {
    String key = key(lease.attempt());
    Optional<String> executor = executorFor(lease.worker());
    LeaseJob job = new LeaseJob(lease, executor);
    running.put(key, job);
    try {
      job.submitted(
          jobs.start(lease, key, executor.flatMap(roster::location), new LeaseTask(setup)));
    } catch (RuntimeException e) {
      running.remove(key);
      IdleLimit.requireApplication(context);
      throw e;
    }
  }

  /**
   * Where the worker's replica is, unless others take all places there. Workers that have once met
   * on an executor would take turns on it for ever, as long as leases are shorter than Spark's wait
   * for a preferred place.
   */
  private Optional<String> executorFor(int worker) {
    List<String> taken =
        Stream.concat(running.values().stream(), leaving.values().stream())
            .flatMap(job -> job.executorOrWanted().stream())
            .toList();
    return Optional.ofNullable(homes.get(worker))
        .flatMap(home -> roster.freeOne(home, taken, task));
  }

  @Override
  public List<LeaseEnd> poll(Duration atMost) throws InterruptedException {
    IdleLimit.requireApplication(context);
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
      idle.require(running.values().stream().anyMatch(LeaseJob::hasPlace));
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
    return silence(job).map(reason -> lost(job, reason));
  }

  private Optional<String> silence(LeaseJob job) {
    if (!job.hasPlace() && !job.isOpen()) {
      return Optional.empty();
    }
    // A process that has not trained yet loads libraries, and cannot say anything meanwhile.
    boolean warm = job.isOpen() || job.executor().filter(shardHomes::knows).isPresent();
    Duration most = warm ? settings.lease().stallTimeout() : settings.workers().startTimeout();
    if (job.silentNanos() <= most.toNanos()) {
      return Optional.empty();
    }
    return Optional.of(
        "executor "
            + job.executor().orElse("unknown")
            + " has been silent for "
            + Names.of(most)
            + (warm ? " (lease.stall-timeout)" : " (workers.start-timeout)"));
  }

  private LeaseEnd result(LeaseJob job) throws InterruptedException {
    try {
      Trained done = job.action().get().get(0).result();
      if (!done.notice().isEmpty() && noticed.add(done.place().executor())) {
        notices.accept(done.place() + ": " + done.notice());
      }
      homes.put(job.lease().worker(), done.place().executor());
      shardHomes.add(done.place().executor(), job.lease().shards());
      return LeaseEnd.done(job.lease(), done.report(), done.place());
    } catch (ExecutionException e) {
      return lost(job, job.failure().orElse(firstLine(e.getCause())));
    }
  }

  private LeaseEnd lost(LeaseJob job, String reason) {
    job.action().cancel(true);
    homes.remove(job.lease().worker());
    leaving.put(key(job.lease().attempt()), job);
    return LeaseEnd.lost(job.lease(), job.executor(), reason);
  }

  static String firstLine(Throwable cause) {
    return String.valueOf(cause == null ? null : cause.getMessage())
        .lines()
        .findFirst()
        .orElse("unknown");
  }

  @Override
  public long[] evaluate(List<BlockState> snapshot, List<Shard> shards)
      throws InterruptedException {
    int parts = Math.max(1, Math.min(available(), shards.size()));
    List<List<Shard>> shares = new ArrayList<>();
    List<Optional<String>> locations = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      shares.add(LocalWorkers.share(shards, part, parts));
      locations.add(Optional.ofNullable(homes.get(part)).flatMap(roster::location));
    }
    return evaluation.correct(snapshot, shares, locations, () -> places() > 0);
  }

  @Override
  public Traffic traffic() {
    ExchangeCounts counts = server.counts();
    return new Traffic(counts.bytesReceived(), counts.bytesReplied());
  }

  @Override
  public void close() {
    running.values().forEach(job -> job.action().cancel(true));
    leaving.putAll(running);
    running.clear();
    awaitTasks();
    context.sc().removeSparkListener(watch);
    server.close();
    // Destroyed, it would be an error for a job that Spark has yet to let go of.
    setup.unpersist();
  }

  /** Tasks that find the exchange closed before they are told to stop would complain. */
  private void awaitTasks() {
    long end = System.nanoTime() + LONGEST_FAREWELL.toNanos();
    try {
      while (leaving.values().stream().anyMatch(LeaseJob::hasPlace) && System.nanoTime() < end) {
        Thread.sleep(GLANCE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
    public void started(String lease, String executor, long task) {
      LeaseJob job = running.getOrDefault(lease, leaving.get(lease));
      if (job != null) {
        job.startedOn(executor, task);
      }
    }

    @Override
    public void ended(String lease, long task) {
      LeaseJob job = running.getOrDefault(lease, leaving.get(lease));
      if (job != null) {
        job.ended(task);
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
