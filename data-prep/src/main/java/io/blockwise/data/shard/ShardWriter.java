package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.learn.Learned;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import scala.Tuple2;

/** Writes whole shards, each in one task. Immutable. */
final class ShardWriter implements Serializable {
  private final Storage storage;
  private final Path directory;
  private final Learned learned;
  private final ShardPlan plan;

  ShardWriter(Storage storage, Path directory, Learned learned, ShardPlan plan) {
    this.storage = storage;
    this.directory = directory;
    this.learned = learned;
    this.plan = plan;
  }

  /** What a task tells of a shard. No record, because it may pass through Kryo. Immutable. */
  static final class Written implements Serializable {
    final int rows;
    final long bytes;
    final String sha256;

    Written(int rows, long bytes, String sha256) {
      this.rows = rows;
      this.bytes = bytes;
      this.sha256 = sha256;
    }
  }

  /**
   * Writes one shard, which does no harm if Spark runs a task twice.
   *
   * @param rows all rows of the shard, in order
   */
  Written write(int shard, Iterator<Tuple2<RowKey, byte[][]>> rows, long attempt)
      throws IOException {
    AtomicReference<Written> written = new AtomicReference<>();
    storage.write(
        new Path(directory, plan.file(shard)),
        attempt,
        out -> {
          HashedFile file = new HashedFile(out);
          int count = write(rows, RowParquet.open(file, learned, plan.marksDrawn(shard)));
          written.set(new Written(count, file.length(), file.sha256()));
        });
    return written.get();
  }

  private static int write(
      Iterator<Tuple2<RowKey, byte[][]>> rows, ParquetWriter<Tuple2<RowKey, byte[][]>> into)
      throws IOException {
    int count = 0;
    try (ParquetWriter<Tuple2<RowKey, byte[][]>> writer = into) {
      for (; rows.hasNext(); count++) {
        writer.write(rows.next());
      }
    }
    return count;
  }
}
