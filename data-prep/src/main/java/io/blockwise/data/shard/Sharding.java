package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.RawFile;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.RawImages;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/** Deals the rows of a raw data set into shards. Used by one thread. */
public final class Sharding {
  private static final long POLL_MILLIS = 200;

  private final JavaSparkContext spark;
  private final Storage storage;
  private final RawImages raw;
  private final ShardingOptions options;

  public Sharding(JavaSparkContext spark, Storage storage, RawImages raw, ShardingOptions options) {
    this.spark = spark;
    this.storage = storage;
    this.raw = raw;
    this.options = options;
  }

  /**
   * Reads the labels of all rows and decides where each row goes.
   *
   * @param kind of data, for messages
   * @throws io.blockwise.base.UserException if that leaves something empty; possibly as a cause, if
   *     a task found it
   */
  public ShardPlan plan(String kind) {
    long seed = options.seed();
    return new ShardPlanner(kind, raw, options).plan(rows().map(row -> RowKey.of(seed, row)));
  }

  /** Reads every image and finds those that cannot be read; in the order of the rows. */
  public List<BadFile> badFiles(Progress progress) throws ExecutionException, InterruptedException {
    List<Slice> slices = raw.slices();
    Storage files = storage;
    LongAccumulator checked = spark.sc().longAccumulator();
    JavaRDD<List<BadFile>> bad =
        numbers(slices.size()).map(number -> badFiles(slices.get(number), files, checked));
    Step step = new Step("Checking images", raw.rows(), Step.Unit.IMAGES);
    return await(bad.collectAsync(), checked, step, progress).stream()
        .flatMap(List::stream)
        .toList();
  }

  /** Writes all shards below {@code directory}; what comes back is in the order of the plan. */
  public List<ShardSummary> write(ShardPlan plan, Path directory, Progress progress)
      throws ExecutionException, InterruptedException {
    long seed = options.seed();
    ShardWriter writer = new ShardWriter(storage, directory, raw.schema(), plan);
    LongAccumulator written = spark.sc().longAccumulator();
    JavaRDD<ShardSummary> summaries =
        rows()
            .mapToPair(row -> new Tuple2<>(plan.place(RowKey.of(seed, row)), row.values()))
            .repartitionAndSortWithinPartitions(new ByGroup(plan.shards()))
            .mapPartitionsWithIndex((shard, rows) -> writeOne(writer, shard, rows, written), false);
    Step step = new Step("Writing shards", plan.shards(), Step.Unit.SHARDS);
    return await(summaries.collectAsync(), written, step, progress);
  }

  /** Checksums of the raw files, in their order. */
  public List<RawFile> checksums() {
    List<RawPart> parts = raw.parts();
    Storage files = storage;
    List<String> checksums =
        numbers(parts.size()).map(number -> parts.get(number).sha256(files)).collect();
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new RawFile(parts.get(i).name(), parts.get(i).bytes(), checksums.get(i)))
        .toList();
  }

  private JavaRDD<RawRow> rows() {
    List<Slice> slices = raw.slices();
    Storage files = storage;
    return numbers(slices.size()).flatMap(number -> new SliceRows(slices.get(number), files));
  }

  // Numbers are what Spark distributes; the slices go with the task's code, which is always
  // serialised by Java, and so may be records.
  private JavaRDD<Integer> numbers(int count) {
    return spark.parallelize(IntStream.range(0, count).boxed().toList(), Math.max(1, count));
  }

  private static List<BadFile> badFiles(Slice slice, Storage storage, LongAccumulator checked)
      throws IOException {
    List<BadFile> bad = new ArrayList<>(slice.badFiles(storage)); // which Kryo can write
    checked.add(slice.rows());
    return bad;
  }

  private static Iterator<ShardSummary> writeOne(
      ShardWriter writer,
      int shard,
      Iterator<Tuple2<RowKey, byte[][]>> rows,
      LongAccumulator written)
      throws IOException {
    ShardSummary summary = writer.write(shard, rows, TaskContext.get().taskAttemptId());
    written.add(1);
    return List.of(summary).iterator();
  }

  private static <T> List<T> await(
      JavaFutureAction<List<T>> action, LongAccumulator written, Step step, Progress progress)
      throws ExecutionException, InterruptedException {
    try {
      while (!action.isDone()) {
        progress.advanced(step, Math.min(step.total(), written.sum()));
        waitFor(action);
      }
      List<T> results = action.get();
      progress.advanced(step, step.total());
      return results;
    } catch (InterruptedException | RuntimeException e) {
      action.cancel(true);
      throw e;
    }
  }

  private static void waitFor(JavaFutureAction<?> action)
      throws ExecutionException, InterruptedException {
    try {
      action.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Not finished yet: time to report.
    }
  }

  private static final class ByGroup extends Partitioner {
    private final int groups;

    ByGroup(int groups) {
      this.groups = groups;
    }

    @Override
    public int numPartitions() {
      return groups;
    }

    @Override
    public int getPartition(Object key) {
      return ((RowKey) key).group();
    }
  }
}
