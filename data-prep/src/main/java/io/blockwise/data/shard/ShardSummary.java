package io.blockwise.data.shard;

import io.blockwise.data.dataset.RowStatistics;
import io.blockwise.data.dataset.Shard;
import java.io.Serializable;

/**
 * What a task tells of the shard it wrote. No record, because it may pass through Kryo. Immutable.
 */
public final class ShardSummary implements Serializable {
  private final int number;
  private final String file;
  private final long firstRow;
  private final int rows;
  private final long bytes;
  private final String sha256;
  private final RowStatistics statistics;

  ShardSummary(int number, Shard shard, RowStatistics statistics) {
    this.number = number;
    this.file = shard.file();
    this.firstRow = shard.firstRow();
    this.rows = shard.rows();
    this.bytes = shard.bytes();
    this.sha256 = shard.sha256();
    this.statistics = statistics;
  }

  /** Number of the shard in the plan. */
  public int number() {
    return number;
  }

  /** The manifest's entry. */
  public Shard shard() {
    return new Shard(file, firstRow, rows, bytes, sha256);
  }

  /** Over all pixels of the shard. */
  public RowStatistics statistics() {
    return statistics;
  }
}
