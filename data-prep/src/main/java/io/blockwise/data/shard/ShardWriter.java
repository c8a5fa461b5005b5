package io.blockwise.data.shard;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.RowStatistics;
import io.blockwise.data.dataset.Shard;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import scala.Tuple2;

/** Writes whole shards, each in one task. Immutable. */
final class ShardWriter implements Serializable {
  private final Storage storage;
  private final Path directory;
  private final RowSchema schema;
  private final ShardPlan plan;

  ShardWriter(Storage storage, Path directory, RowSchema schema, ShardPlan plan) {
    this.storage = storage;
    this.directory = directory;
    this.schema = schema;
    this.plan = plan;
  }

  /**
   * Writes one shard under a name of this attempt's own, and renames it when it is whole; so it
   * does no harm if Spark runs a task twice.
   *
   * @param rows all rows of the shard, in order
   */
  ShardSummary write(int shard, Iterator<Tuple2<RowKey, byte[][]>> rows, long attempt)
      throws IOException {
    Path target = new Path(directory, name(shard));
    Path temporary = new Path(target.getParent(), "." + target.getName() + "." + attempt);
    try {
      return write(shard, rows, new HashedFile(storage, temporary), temporary);
    } catch (IOException | RuntimeException e) {
      storage.delete(temporary);
      throw e;
    }
  }

  private ShardSummary write(
      int shard, Iterator<Tuple2<RowKey, byte[][]>> rows, HashedFile file, Path temporary)
      throws IOException {
    RowStatistics statistics = new RowStatistics(schema);
    int count = 0;
    try (ParquetWriter<RowParquet.Row> writer = RowParquet.open(file, schema)) {
      while (rows.hasNext()) {
        Tuple2<RowKey, byte[][]> row = rows.next();
        writer.write(new RowParquet.Row(row._1().label(), row._2()));
        statistics.add(row._2());
        count++;
      }
    }
    String name = name(shard);
    storage.commit(temporary, new Path(directory, name));
    Shard written = new Shard(name, plan.firstRow(shard), count, file.length(), file.sha256());
    return new ShardSummary(shard, written, statistics);
  }

  private String name(int shard) {
    return Shard.fileName(plan.split(shard), plan.numberInSplit(shard));
  }
}
