package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.learn.Learned;
import io.blockwise.data.learn.Learner;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Step;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.BadFileException;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.RawRows;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * All raw rows, dealt into shards and in the order of their shard: first learned from, then
 * written. They are read and shuffled once for both. Used by one thread.
 */
public final class DealtRows {
  private final Storage storage;
  private final RawRows raw;
  private final ShardPlan plan;
  private final LongAccumulator read;
  private final CollectionAccumulator<BadFile> bad;
  private final JavaPairRDD<RowKey, byte[][]> rows;

  DealtRows(Storage storage, RawRows raw, ShardPlan plan, long seed, JavaRDD<RawRow> rows) {
    LongAccumulator counted = rows.context().longAccumulator();
    this.storage = storage;
    this.raw = raw;
    this.plan = plan;
    this.read = counted;
    CollectionAccumulator<BadFile> found = rows.context().collectionAccumulator();
    this.bad = found;
    this.rows =
        rows.flatMapToPair(row -> keyed(row, plan, seed, counted, found))
            .repartitionAndSortWithinPartitions(new ByShard(plan.shards()));
    ((ShuffledRDD<?, ?, ?>) this.rows.rdd()).setSerializer(new RowSerializer());
  }

  /** A row with its key; none if it cannot be read. */
  private static Iterator<Tuple2<RowKey, byte[][]>> keyed(
      RawRow row,
      ShardPlan plan,
      long seed,
      LongAccumulator counted,
      CollectionAccumulator<BadFile> bad)
      throws IOException {
    counted.add(1);
    try {
      byte[][] values = row.values().read();
      return List.of(new Tuple2<>(plan.place(RowKey.of(seed, row)), values)).iterator();
    } catch (BadFileException e) {
      bad.add(e.file());
      return Collections.emptyIterator();
    }
  }

  /**
   * Files of rows that could not be read, once {@link #learn} has read them all. If there are any,
   * shards cannot be written: the rows have to be dealt again without them.
   */
  public List<BadFile> bad() {
    return bad.value().stream().distinct().toList(); // since a task may run twice
  }

  /** Rows of train with another label than their own. */
  public long relabelled() {
    return plan.relabelled();
  }

  /** Rows of train whose label was drawn anew, be it their own again. */
  public long drawn() {
    return plan.drawn();
  }

  /** Lets somebody learn from the rows of train. */
  public Learned learn(Learner learner, Progress progress)
      throws ExecutionException, InterruptedException {
    ShardPlan dealt = plan;
    JavaRDD<byte[][]> train =
        rows.filter(row -> dealt.split(row._1().group()) == Split.TRAIN).values();
    Step step = new Step("Reading rows", raw.count(), Step.Unit.PIECES);
    return learner.learn(raw.schema(), train, new ReportedJob(step, read, progress));
  }

  /**
   * Writes all shards below {@code directory}.
   *
   * @return what the manifest says of them
   */
  public Map<Split, SplitContent> write(Learned learned, Path directory, Progress progress)
      throws ExecutionException, InterruptedException {
    ShardWriter writer = new ShardWriter(storage, directory, learned, plan);
    LongAccumulator written = rows.context().longAccumulator();
    JavaRDD<ShardWriter.Written> shards =
        rows.mapPartitionsWithIndex((shard, ofIt) -> write(writer, shard, ofIt, written), false);
    Step step = new Step("Writing shards", plan.shards(), Step.Unit.PIECES);
    return plan.content(new ReportedJob(step, written, progress).collect(shards));
  }

  private static Iterator<ShardWriter.Written> write(
      ShardWriter writer,
      int shard,
      Iterator<Tuple2<RowKey, byte[][]>> rows,
      LongAccumulator written)
      throws IOException {
    ShardWriter.Written file = writer.write(shard, rows, TaskContext.get().taskAttemptId());
    written.add(1);
    return List.of(file).iterator();
  }

  private static final class ByShard extends Partitioner {
    private final int shards;

    ByShard(int shards) {
      this.shards = shards;
    }

    @Override
    public int numPartitions() {
      return shards;
    }

    @Override
    public int getPartition(Object key) {
      return ((RowKey) key).group();
    }
  }
}
