package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which shards executors have in memory, as far as the driver can tell: those they read last, up to
 * their memory. Used by the driver's thread.
 */
final class CachedShards {
  private final long rowsInMemory;
  private final Map<String, Set<Shard>> shards = new HashMap<>();

  /**
   * @param memory bytes of an executor's process for rows
   * @param rowBytes of one row, its label included
   */
  CachedShards(long memory, long rowBytes) {
    rowsInMemory = memory / rowBytes;
  }

  /** An executor has read these. */
  void add(String executor, List<Shard> read) {
    Set<Shard> there = shards.computeIfAbsent(executor, unused -> new LinkedHashSet<>());
    there.removeAll(read);
    there.addAll(read);
    long rows = there.stream().mapToLong(Shard::rows).sum();
    for (Shard oldest : new ArrayList<>(there)) {
      if (rows > rowsInMemory) {
        there.remove(oldest);
        rows -= oldest.rows();
      }
    }
  }

  /** What this executor has; empty for one that is unknown or {@code null}. */
  Set<Shard> of(String executor) {
    return executor == null ? Set.of() : shards.getOrDefault(executor, Set.of());
  }
}
