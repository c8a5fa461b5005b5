package io.blockwise.job.plan;

import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WeightKind;
import io.blockwise.data.dataset.WeightValues;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.training.Ledgers;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.ProcessMemory;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.spec.NetworkSpec;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The run's own workers on random images: some leases and an evaluation, first of one worker, then
 * of several at the same time. In a process of its own whose heap is in memory from the start, so
 * that what is resident beyond it is not heap; {@link RehearsalProcess} starts it. Used by one
 * thread.
 */
final class Rehearsal implements AutoCloseable {
  /** Exit code of a rehearsal that needs more heap than it has. */
  static final int NEEDS_HEAP = 3;

  private static final String RUN = "rehearsal";
  private static final int STEPS = 3;
  private static final int MOST_LEASES = 16;
  private static final Duration TIMED = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final long PAUSE_MILLIS = 20;

  private final Task task;
  private final int count;
  private final AtomicLong rowBytes = new AtomicLong();
  private final List<BlockLedger> ledgers;
  private final LocalWorkers workers;
  private long leases;

  private Rehearsal(Task task, int count) throws InterruptedException {
    this.task = task;
    this.count = count;
    ledgers = Ledgers.of(RUN, task.plan, Map.of());
    DatasetRows rows = new DatasetRows(task.schema.rowBytes(), this::rows);
    LiveFigures live = new LiveFigures(ledgers.size());
    workers =
        new LocalWorkers(count, task.plan, rows, new InProcessExchange(ledgers), live, LONGEST);
  }

  /**
   * What is to be tried. Immutable.
   *
   * @param workers that train at the same time, at least 1
   */
  record Task(WorkerPlan plan, RowSchema schema, int workers) implements Serializable {}

  /** Most bytes of workers on the heap, without rows, and outside it. Immutable. */
  record Footprint(long heap, long outside) implements Serializable {}

  /**
   * What it took. Immutable.
   *
   * @param steps that were timed, of one worker that had the process to itself
   * @param secondsPerStep median over their leases, without averaging and waiting for data
   * @param secondsPerBlock median of every block, first to last, in steps of their own
   * @param one footprint of one worker
   * @param several of {@code workers}
   */
  record Result(
      int steps,
      double secondsPerStep,
      List<Double> secondsPerBlock,
      Footprint one,
      Footprint several,
      int workers)
      implements Serializable {
    /** Of so many workers: as measured, or as many times what each further one has taken. */
    Footprint of(int count) {
      double further = workers == 1 ? 0 : (count - 1.0) / (workers - 1);
      return new Footprint(
          one.heap + (long) (further * Math.max(0, several.heap - one.heap)),
          one.outside + (long) (further * (several.outside - one.outside)));
    }
  }

  /**
   * Reads a task from the first file and writes its result to the second one; the third argument is
   * the size of the heap in bytes.
   */
  public static void main(String[] arguments) throws Exception {
    try (var in = new ObjectInputStream(Files.newInputStream(Path.of(arguments[0])));
        var out = new ObjectOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
      out.writeObject(run((Task) in.readObject(), Long.parseLong(arguments[2])));
    } catch (Exception | OutOfMemoryError e) {
      e.printStackTrace();
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof OutOfMemoryError) {
          Runtime.getRuntime().halt(NEEDS_HEAP);
        }
      }
      Runtime.getRuntime().halt(1); // whatever threads still run
    }
    System.exit(0);
  }

  private static Result run(Task task, long heap) throws Exception {
    List<Double> times;
    Footprint one;
    try (Rehearsal alone = new Rehearsal(task, 1)) {
      times = alone.times();
      one = alone.footprint(heap);
    }
    Footprint several = one;
    if (task.workers > 1) {
      try (Rehearsal together = new Rehearsal(task, task.workers)) {
        together.times();
        several = together.footprint(heap);
      }
    }
    double median = times.stream().sorted().toList().get(times.size() / 2);
    List<Double> blocks = BlockTimes.of(task.plan);
    return new Result(times.size() * STEPS, median, blocks, one, several, task.workers);
  }

  /** Seconds of a step, lease by lease, after a first one. */
  private List<Double> times() throws InterruptedException {
    train();
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + TIMED.toNanos();
    do {
      times.add(train());
    } while (System.nanoTime() < end && times.size() < MOST_LEASES);
    return times;
  }

  /** A lease of every worker; returns the longest step in seconds. */
  private double train() throws InterruptedException {
    leases++;
    TrainedBlocks all = TrainedBlocks.all(ledgers.size());
    IntStream.range(0, count).forEach(i -> ledgers.forEach(ledger -> ledger.announce(i)));
    for (int i = 0; i < count; i++) {
      LeaseAttempt attempt = new LeaseAttempt(RUN, i, leases, 0);
      List<Shard> shards = List.of(shard(i, STEPS * task.plan.batchSize()));
      workers.start(new Lease(attempt, leases == 1 ? Lease.NONE : 0, 1, all, shards));
    }
    long longest = 0;
    for (int ended = 0; ended < count; ) {
      for (LeaseEnd end : workers.poll(Duration.ofSeconds(1))) {
        LeaseReport report = ((LeaseEnd.Done) end).report(); // no local worker is ever lost
        long nanos = report.nanos() - report.averagingNanos() - report.waitedNanos();
        longest = Math.max(longest, nanos);
        ledgers.forEach(ledger -> ledger.retire(end.lease().worker(), leases));
        ended++;
      }
    }
    return longest / 1e9 / STEPS;
  }

  /** What is alive on the heap is what a collector finds that works again and again. */
  private Footprint footprint(long heap) throws InterruptedException {
    AtomicLong live = new AtomicLong();
    ScheduledExecutorService collector = Executors.newSingleThreadScheduledExecutor();
    Future<?> collecting =
        collector.scheduleWithFixedDelay(
            () -> live.accumulateAndGet(live(), Math::max), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    train();
    int rows = task.plan.evaluationBatch();
    List<Shard> shards = IntStream.range(0, count).mapToObj(i -> shard(i, rows)).toList();
    NetworkSpec network = task.plan.network();
    Answers none = new Answers(network.blocks().size(), network.classes());
    workers.evaluate(
        ledgers.stream().map(BlockLedger::state).toList(), new Census<>(shards, none), lost -> {});
    collecting.cancel(false);
    collector.shutdown();
    return new Footprint(live.get(), ProcessMemory.ofThisProcess().peakResident() - heap);
  }

  private long live() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory() - rowBytes.get();
  }

  private Shard shard(int worker, int rows) {
    return new Shard("random", (long) worker * rows, rows, 0, "");
  }

  private Rows rows(Shard shard) {
    SplittableRandom random = new SplittableRandom(shard.firstRow());
    int[] labels = random.ints(shard.rows(), 0, task.plan.network().classes()).toArray();
    rowBytes.addAndGet(shard.rows() * task.schema.rowBytes());
    Map<String, FieldValues> values = new LinkedHashMap<>();
    task.schema.fields().forEach((name, kind) -> values.put(name, values(kind, shard, random)));
    return new Rows(shard.firstRow(), labels, values);
  }

  /** Texts are all of the greatest length there may be. */
  private static FieldValues values(FieldKind kind, Shard shard, SplittableRandom random) {
    if (kind instanceof TokensKind texts) {
      return texts.values(Stream.generate(() -> text(texts, random)).limit(shard.rows()).toList());
    }
    if (kind instanceof NumbersKind numbers) {
      int count = shard.rows() * numbers.columns().size();
      return new NumberValues(numbers.columns().size(), new float[count]);
    }
    if (kind instanceof WeightKind) {
      float[] alike = new float[shard.rows()];
      Arrays.fill(alike, 1);
      return new WeightValues(alike);
    }
    ImageValues images = ((ImageKind) kind).values(shard.rows());
    random.nextBytes(images.pixels());
    return images;
  }

  private static int[] text(TokensKind kind, SplittableRandom random) {
    return random.ints(kind.maxLength(), TokensKind.UNKNOWN, kind.vocabularySize()).toArray();
  }

  @Override
  public void close() {
    workers.close();
  }
}
