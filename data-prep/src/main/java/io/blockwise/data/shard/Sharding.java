package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Step;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.BadFileException;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/** Deals the rows of raw data into shards. Used by one thread. */
public final class Sharding {
  private final JavaSparkContext spark;
  private final Storage storage;
  private final RawRows raw;
  private final Progress progress;

  public Sharding(JavaSparkContext spark, Storage storage, RawRows raw, Progress progress) {
    this.spark = spark;
    this.storage = storage;
    this.raw = raw;
    this.progress = progress;
  }

  /**
   * Reads the labels of all rows and decides where each row goes.
   *
   * @param kind of data, for messages
   * @throws io.blockwise.base.UserException if that leaves something empty; possibly as a cause, if
   *     a task found it
   */
  public DealtRows deal(String kind, ShardingOptions options)
      throws ExecutionException, InterruptedException {
    long seed = options.seed();
    LongAccumulator read = spark.sc().longAccumulator();
    Step step = new Step("Reading labels", raw.count(), Step.Unit.PIECES);
    ShardPlan plan =
        new ShardPlanner(kind, raw, options)
            .plan(rows().map(row -> key(seed, row, read)), new ReportedJob(step, read, progress));
    return new DealtRows(storage, raw, plan, seed, rows());
  }

  private static RowKey key(long seed, RawRow row, LongAccumulator read) {
    read.add(1);
    return RowKey.of(seed, row);
  }

  /** Files of rows that cannot be read. Reads every row for that. */
  public List<BadFile> bad() {
    return rows().flatMap(Sharding::unreadable).collect();
  }

  private static Iterator<BadFile> unreadable(RawRow row) throws IOException {
    try {
      row.values().read();
      return Collections.emptyIterator();
    } catch (BadFileException e) {
      return List.of(e.file()).iterator();
    }
  }

  /** Checksums of the raw files, in their order. */
  public List<ListedFile> checksums() throws ExecutionException, InterruptedException {
    List<RawPart> parts = raw.parts();
    Storage files = storage;
    LongAccumulator read = spark.sc().longAccumulator();
    JavaRDD<String> sums =
        numbers(parts.size()).map(number -> checksum(parts.get(number), files, read));
    long bytes = parts.stream().mapToLong(RawPart::bytes).sum();
    Step step = new Step("Checksums of raw files", bytes, Step.Unit.BYTES);
    List<String> checksums = new ReportedJob(step, read, progress).collect(sums);
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new ListedFile(parts.get(i).name(), parts.get(i).bytes(), checksums.get(i)))
        .toList();
  }

  private static String checksum(RawPart part, Storage storage, LongAccumulator read)
      throws IOException {
    String sum = part.sha256(storage);
    read.add(part.bytes());
    return sum;
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

  /** A slice's rows for Spark; closes the files at the end of the task. Used by one thread. */
  private static final class SliceRows implements Iterator<RawRow> {
    private final Slice.Reader reader;
    private int left;

    SliceRows(Slice slice, Storage storage) throws IOException {
      reader = slice.open(storage);
      left = slice.rows();
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public RawRow next() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      left--;
      try {
        return reader.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void close() {
      try {
        reader.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
