package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ListedFile;
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
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;

/** Deals the rows of raw data into shards. Used by one thread. */
public final class Sharding {
  private final JavaSparkContext spark;
  private final Storage storage;
  private final RawRows raw;

  public Sharding(JavaSparkContext spark, Storage storage, RawRows raw) {
    this.spark = spark;
    this.storage = storage;
    this.raw = raw;
  }

  /**
   * Reads the labels of all rows and decides where each row goes.
   *
   * @param kind of data, for messages
   * @throws io.blockwise.base.UserException if that leaves something empty; possibly as a cause, if
   *     a task found it
   */
  public DealtRows deal(String kind, ShardingOptions options) {
    long seed = options.seed();
    ShardPlan plan =
        new ShardPlanner(kind, raw, options).plan(rows().map(row -> RowKey.of(seed, row)));
    return new DealtRows(storage, raw, plan, seed, rows());
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
  public List<ListedFile> checksums() {
    List<RawPart> parts = raw.parts();
    Storage files = storage;
    List<String> checksums =
        numbers(parts.size()).map(number -> parts.get(number).sha256(files)).collect();
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new ListedFile(parts.get(i).name(), parts.get(i).bytes(), checksums.get(i)))
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
