package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.ExchangeServer;
import io.blockwise.job.exchange.LeaseListener;
import io.blockwise.job.exchange.MessageCounts;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.Traffic;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.averaging.BlockLedger;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.network.NetworkFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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
  private final Settings settings;
  private final LeaseResources task;
  private final RunningJobs jobs;
  private final ExecutorRoster roster;
  private final ExchangeServer server;
  private final JavaSparkContext context;
  private final Broadcast<RunSetup> setup;
  private final LiveFigures live;
  private final IdleLimit idle;
  private final ClusterEvaluation evaluation;
  private final Map<Lease, TaskJob<Trained>> leases = new LinkedHashMap<>();
  private final Map<Integer, String> homes = new HashMap<>();
  private final ShardHomes shardHomes;
  private final Set<String> noticed = new HashSet<>();
  private final Consumer<String> notices;

  private ClusterWorkers(
      Settings settings,
      JavaSparkContext context,
      String run,
      WorkerPlan plan,
      Dataset dataset,
      List<BlockLedger> ledgers,
      LiveFigures live,
      Consumer<String> notices)
      throws InterruptedException {
    this.settings = settings;
    this.context = context;
    this.live = live;
    this.notices = notices;
    roster = ExecutorRoster.ofThisApplication().orElseThrow();
    task = LeaseResources.of(context.getConf(), settings.compute().device());
    jobs =
        new RunningJobs(
            run,
            context,
            new Submission(context, run, roster, task.profile(context.getConf())),
            settings.lease().stallTimeout(),
            settings.workers().startTimeout());
    shardHomes =
        new ShardHomes(settings.data().memory().bytes(), dataset.manifest().schema().rowBytes());
    idle = new IdleLimit(context, roster, task, settings.workers().startTimeout());
    boolean opened = false;
    try {
      server =
          ExchangeServer.serve(
              run,
              ledgers,
              settings.workers().count(),
              new Listening(),
              settings.lease().stallTimeout());
      opened = true;
    } finally {
      if (!opened) {
        jobs.close(); // it listens to Spark
      }
    }
    setup = broadcast(setup(run, plan, dataset));
    evaluation = new ClusterEvaluation(context, jobs, setup, idle, settings.lease().maxFailures());
  }

  private RunSetup setup(String run, WorkerPlan plan, Dataset dataset) {
    return new RunSetup(
        run,
        plan,
        settings.compute().device(),
        location(dataset).toString(),
        dataset.fingerprint(),
        settings.data().memory().bytes(),
        task.cores(),
        settings.workers().idleTimeout(),
        new SerializableConfiguration(context.hadoopConfiguration()));
  }

  private Broadcast<RunSetup> broadcast(RunSetup value) throws InterruptedException {
    boolean done = false;
    try {
      Broadcast<RunSetup> sent = idle.within(() -> context.broadcast(value));
      done = true;
      return sent;
    } finally {
      if (!done) {
        jobs.close();
        server.close();
      }
    }
  }

  /**
   * Opens the exchange of a run; workers start with their first lease.
   *
   * @param context as {@link ClusterSession#open} gave it
   * @param live hears of the steps of every worker, some time after they were made
   * @param notices hears what the user should know about an executor, a line each
   */
  public static ClusterWorkers start(
      Settings settings,
      JavaSparkContext context,
      String run,
      WorkerPlan plan,
      Dataset dataset,
      List<BlockLedger> ledgers,
      LiveFigures live,
      Consumer<String> notices)
      throws InterruptedException {
    return new ClusterWorkers(settings, context, run, plan, dataset, ledgers, live, notices);
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
   * With dynamic allocation all, since it is waiting tasks that make executors come. Otherwise what
   * was given up holds its place until its task has stopped: a worker that is told to start there
   * would keep those waiting that run in lock-step with it.
   */
  @Override
  public int available() {
    int count = settings.workers().count();
    return ClusterSession.isElastic(context)
        ? count
        : Math.max(0, Math.min(count, places() - jobs.leaving()));
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
    leases.put(
        lease,
        jobs.start(
            name(lease.attempt()), lease, executorFor(lease.worker()), new LeaseTask(setup)));
  }

  /**
   * Where the worker's replica is, unless others take all places there. Workers that have once met
   * on an executor would take turns on it for ever, as long as leases are shorter than Spark's wait
   * for a preferred place.
   */
  private Optional<String> executorFor(int worker) {
    List<String> taken = jobs.taken();
    return Optional.ofNullable(homes.get(worker))
        .flatMap(home -> roster.freeOne(home, taken, task));
  }

  @Override
  public List<LeaseEnd> poll(Duration atMost) throws InterruptedException {
    IdleLimit.requireApplication(context);
    server.requireWorking();
    long end = System.nanoTime() + atMost.toNanos();
    List<LeaseEnd> ends = new ArrayList<>();
    while (true) {
      for (Lease lease : List.copyOf(leases.keySet())) {
        ended(lease, leases.get(lease)).ifPresent(ends::add);
      }
      idle.require(leases.values().stream().anyMatch(TaskJob::hasPlace));
      if (!ends.isEmpty() || System.nanoTime() >= end) {
        return ends;
      }
      RunningJobs.pause();
    }
  }

  private Optional<LeaseEnd> ended(Lease lease, TaskJob<Trained> job) throws InterruptedException {
    Optional<JobEnd<Trained>> ended = jobs.end(job);
    if (ended.isEmpty()) {
      return Optional.empty();
    }
    leases.remove(lease);
    if (ended.get().result().isEmpty()) {
      homes.remove(lease.worker());
      return Optional.of(LeaseEnd.lost(lease, job.executor(), ended.get().loss()));
    }
    Trained done = ended.get().result().get();
    if (!done.notice().isEmpty() && noticed.add(done.place().executor())) {
      notices.accept(done.place() + ": " + done.notice());
    }
    homes.put(lease.worker(), done.place().executor());
    shardHomes.add(done.place().executor(), lease.shards());
    return Optional.of(LeaseEnd.done(lease, done.report(), done.place()));
  }

  @Override
  public Answers evaluate(List<BlockState> snapshot, List<Shard> shards, Consumer<String> lost)
      throws InterruptedException {
    int parts = Math.max(1, Math.min(available(), shards.size()));
    List<List<Shard>> shares =
        IntStream.range(0, parts)
            .mapToObj(part -> LocalWorkers.share(shards, part, parts))
            .toList();
    // Evaluation runs where replicas are idle: there is memory for it.
    return evaluation.answers(snapshot, shares, this::executorFor, () -> places() > 0, lost);
  }

  @Override
  public Traffic traffic() {
    MessageCounts messages = server.messages();
    return new Traffic(messages.bytesReceived(), messages.bytesReplied());
  }

  @Override
  public void close() {
    jobs.close();
    server.close();
    // Destroyed, it would be an error for a job that Spark has yet to let go of.
    setup.unpersist();
  }

  private static String name(LeaseAttempt attempt) {
    return "lease " + attempt.lease() + " of worker " + (attempt.worker() + 1);
  }

  /** What the workers say. */
  private final class Listening implements LeaseListener {
    @Override
    public void exchangeAdvanced(LeaseAttempt attempt) {
      jobs.heard(name(attempt));
    }

    @Override
    public void workCounted(LeaseAttempt attempt, long done) {
      jobs.advanced(name(attempt), done);
    }

    @Override
    public void figuresReported(LeaseAttempt attempt, NetworkFigures figures) {
      if (jobs.isWanted(name(attempt))) {
        live.add(figures);
      }
    }

    @Override
    public void evaluationCounted(long number, long done) {
      jobs.advanced(ClusterEvaluation.name(number), done);
    }
  }
}
