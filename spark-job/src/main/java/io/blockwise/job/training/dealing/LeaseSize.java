package io.blockwise.job.training.dealing;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.worker.LeaseReport;
import java.io.Serializable;
import java.util.List;

/**
 * How many shards a worker gets at a time, so that a lease lasts about {@code lease.seconds}: one
 * at first, then by the speed that was seen. Used by the driver's thread.
 */
final class LeaseSize {
  private final int seconds;
  private long shards;
  private long rows;

  /**
   * @param seconds 0: a lease is a worker's whole share of the epoch
   */
  LeaseSize(int seconds) {
    this.seconds = seconds;
  }

  /** Goes on from what another one has seen. */
  LeaseSize(int seconds, Seen seen) {
    this(seconds);
    shards = seen.shards();
    rows = seen.rows();
  }

  /** What leases have trained so far. Immutable. */
  record Seen(long shards, long rows) implements Serializable {}

  Seen seen() {
    return new Seen(shards, rows);
  }

  boolean isLimited() {
    return seconds > 0;
  }

  /** Notes a lease that was trained. */
  void observed(List<Shard> trained) {
    shards += trained.size();
    rows += trained.stream().mapToLong(Shard::rows).sum();
  }

  /**
   * Shards for a worker's next lease, at least 1.
   *
   * @param sofar what that worker has trained in this epoch
   */
  int shards(LeaseReport sofar) {
    if (!isLimited()) {
      return Integer.MAX_VALUE;
    }
    if (shards == 0 || sofar.examples() == 0) {
      return 1;
    }
    double rowsPerSecond = sofar.examples() * 1e9 / sofar.nanos();
    double rowsPerShard = (double) rows / shards;
    return (int) Math.max(1, Math.floor(seconds * rowsPerSecond / rowsPerShard));
  }
}
