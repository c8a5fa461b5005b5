package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.cluster.TaskJob.End;
import io.blockwise.job.cluster.executor.ExecutorTasks;
import io.blockwise.job.cluster.executor.ExecutorTasks.Trained;
import io.blockwise.job.cluster.executor.RunSetup;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.ExchangeServer;
import io.blockwise.job.exchange.LeaseListener;
import io.blockwise.job.exchange.MessageCounts;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.Place;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.exits.Tally;
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
import java.util.function.Supplier;
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
  private final JavaSparkContext context;
  private final WorkerPlaces places;
  private final RunningJobs jobs;
  private final ExchangeServer server;
  private final Broadcast<RunSetup> setup;
  private final ClusterEvaluation evaluation;
  private final Map<Lease, TaskJob<Trained>> leases = new LinkedHashMap<>();
  private final Map<Integer, String> lastExecutors = new HashMap<>();
  private final CachedShards cachedShards;
  private final Set<String> noticed = new HashSet<>();
  private final Consumer<String> notices;

  /**
   * Opens the exchange of a run; workers start with their first lease.
   *
   * @param context as {@link ClusterSession#open} gave it
   * @param live learns of the steps of every worker, some time after they were made
   * @param notices learns what the user should know about an executor, a line each
   */
  public ClusterWorkers(
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
    this.notices = notices;
    Duration stallTimeout = settings.lease().stallTimeout();
    places = new WorkerPlaces(context, settings);
    jobs = new RunningJobs(run, context, places, stallTimeout, settings.workers().startTimeout());
    ExchangeServer serving = null;
    try {
      serving =
          ExchangeServer.serve(
              run, ledgers, settings.workers().count(), new Progress(jobs, live), stallTimeout);
      server = serving;
      RunSetup value = setup(run, plan, dataset);
      setup = places.within(() -> context.broadcast(value));
    } catch (InterruptedException | RuntimeException | Error e) {
      jobs.close(); // it listens to Spark
      if (serving != null) {
        serving.close();
      }
      throw e;
    }
    evaluation =
        new ClusterEvaluation(context, jobs, setup, places, settings.lease().maxFailures());
    cachedShards =
        new CachedShards(settings.data().memory().bytes(), dataset.manifest().schema().rowBytes());
  }

  private RunSetup setup(String run, WorkerPlan plan, Dataset dataset) {
    long memory = settings.data().memory().bytes();
    return new RunSetup(
        run,
        plan,
        settings.compute().device(),
        places.task().cores(),
        settings.workers().idleTimeout(),
        new RunSetup.Rows(location(dataset).toString(), dataset.fingerprint(), memory),
        new SerializableConfiguration(context.hadoopConfiguration()));
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
    places.awaitStart();
    places.noteWork();
  }

  /**
   * With dynamic allocation all, since it is waiting tasks that make executors come. Otherwise what
   * was given up holds its place until its task has stopped: a worker that is told to start there
   * would keep those waiting that run in lock-step with it.
   */
  @Override
  public int available() {
    int count = settings.workers().count();
    return places.areElastic()
        ? count
        : Math.max(0, Math.min(count, places.count() - jobs.stopping()));
  }

  @Override
  public Set<Shard> cached(int worker) {
    return cachedShards.of(lastExecutors.get(worker));
  }

  @Override
  public void start(Lease lease) {
    String name = name(lease.attempt());
    Optional<String> executor = executorFor(lease.worker());
    leases.put(lease, jobs.start(name, lease, executor, ExecutorTasks.training(setup)));
  }

  /**
   * Where the worker's replica is, unless others take all places there. Workers that have once met
   * on an executor would take turns on it for ever, as long as leases are shorter than Spark's wait
   * for a preferred place.
   */
  private Optional<String> executorFor(int worker) {
    List<String> taken = jobs.takenPlaces();
    return Optional.ofNullable(lastExecutors.get(worker))
        .flatMap(executor -> places.freeOne(executor, taken));
  }

  @Override
  public List<LeaseEnd> poll(Duration atMost) throws InterruptedException {
    WorkerPlaces.requireApplication(context);
    server.requireWorking();
    long end = System.nanoTime() + atMost.toNanos();
    List<LeaseEnd> ends = new ArrayList<>();
    while (true) {
      for (Lease lease : List.copyOf(leases.keySet())) {
        ended(lease, leases.get(lease)).ifPresent(ends::add);
      }
      places.requireWork(leases.values().stream().anyMatch(TaskJob::hasPlace));
      if (!ends.isEmpty() || System.nanoTime() >= end) {
        return ends;
      }
      RunningJobs.pause();
    }
  }

  private Optional<LeaseEnd> ended(Lease lease, TaskJob<Trained> job) throws InterruptedException {
    return jobs.end(job).map(end -> ended(lease, job, end));
  }

  private LeaseEnd ended(Lease lease, TaskJob<Trained> job, End<Trained> end) {
    leases.remove(lease);
    if (end instanceof End.Lost<Trained> lost) {
      lastExecutors.remove(lease.worker());
      return new LeaseEnd.Lost(lease, job.executor(), lost.reason());
    }
    Trained trained = ((End.Done<Trained>) end).result();
    Place place = trained.place();
    if (!trained.notice().isEmpty() && noticed.add(place.executor())) {
      notices.accept(place + ": " + trained.notice());
    }
    lastExecutors.put(lease.worker(), place.executor());
    cachedShards.add(place.executor(), lease.shards());
    return new LeaseEnd.Done(lease, trained.report(), place, trained.saved());
  }

  @Override
  public <T extends Tally<T>> T evaluate(
      List<BlockState> snapshot, Census<T> census, Consumer<String> lost)
      throws InterruptedException {
    int parts = Math.max(1, Math.min(available(), census.shards().size()));
    List<Census<T>> shares =
        IntStream.range(0, parts).mapToObj(part -> census.share(part, parts)).toList();
    // Evaluation runs where replicas are idle: there is memory for it.
    return evaluation.count(snapshot, shares, this::executorFor, lost);
  }

  @Override
  public WireSize traffic() {
    MessageCounts messages = server.messages();
    return new WireSize(messages.bytesReceived(), messages.bytesReplied());
  }

  @Override
  public void show(Map<String, Supplier<? extends Number>> byName) {
    server.show(byName);
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

  /** Tells the jobs, and the figures of the running epoch, what workers report. */
  private record Progress(RunningJobs jobs, LiveFigures live) implements LeaseListener {
    @Override
    public void exchangeAdvanced(LeaseAttempt attempt) {
      jobs.running(name(attempt)).ifPresent(TaskJob::noteProgress);
    }

    @Override
    public void workCounted(LeaseAttempt attempt, long done) {
      jobs.running(name(attempt)).ifPresent(job -> job.noteWork(done));
    }

    @Override
    public void figuresReported(LeaseAttempt attempt, NetworkFigures figures) {
      jobs.running(name(attempt)).ifPresent(job -> live.add(figures));
    }

    @Override
    public void evaluationCounted(long number, long done) {
      jobs.running(ClusterEvaluation.name(number)).ifPresent(job -> job.noteWork(done));
    }
  }
}
