package io.blockwise.job.input;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Decides what is held in memory and what is streamed, by sizes alone, so that a run does not
 * depend on what happens to be in memory. Immutable.
 */
final class RowMemory {
  private static final int WINDOWS = 2;

  private final Dataset dataset;
  private final long memory;
  private final int users;

  /** All shards of train and validation if they fit together, else none. */
  private final Set<Shard> resident;

  /**
   * @param memory bytes for all users together
   * @param users leases and evaluations that run at the same time, at least 1
   * @throws UserException if two shards do not fit into a user's share, where not all of train and
   *     validation fits
   */
  RowMemory(Dataset dataset, long memory, int users) {
    this.dataset = dataset;
    this.memory = memory;
    this.users = users;
    Set<Shard> shards = new HashSet<>(shards(Split.TRAIN));
    shards.addAll(shards(Split.VALIDATION));
    this.resident = bytes(shards) <= memory ? Set.copyOf(shards) : Set.of();
    if (resident.isEmpty()) {
      requireTwoShards(Split.TRAIN, users);
      requireTwoShards(Split.VALIDATION, users);
    }
    // Whoever evaluates keeps nobody waiting, so one may go after the other.
    requireTwoShards(Split.TEST, 1);
  }

  private void requireTwoShards(Split split, int atOnce) {
    List<Integer> rows = shards(split).stream().map(Shard::rows).sorted().toList();
    int from = Math.max(0, rows.size() - WINDOWS);
    long two = bytes(rows.subList(from, rows.size()).stream().mapToLong(Integer::longValue).sum());
    if (two > memory / atOnce) {
      throw new UserException(
          String.format(
              "Cannot read data set %s: data.memory leaves %d bytes to each of %d workers, and two"
                  + " shards of %s take %d (raise data.memory, or make the data set anew with more"
                  + " data.shards.%s)",
              dataset.directory(), memory / atOnce, atOnce, split, two, split));
    }
  }

  long bytes(Shard shard) {
    return bytes(shard.rows());
  }

  private long bytes(long rows) {
    return rows * dataset.manifest().schema().rowBytes();
  }

  private long bytes(Iterable<Shard> shards) {
    long bytes = 0;
    for (Shard shard : shards) {
      bytes += bytes(shard);
    }
    return bytes;
  }

  /**
   * In which windows some shards are read: one if they are held all at once; else as many shards in
   * each, in their order, as half a user's share holds, or one.
   */
  List<List<Shard>> windows(List<Shard> shards) {
    if (shards.isEmpty()) {
      return List.of();
    }
    return resident.containsAll(shards) || bytes(shards) <= memory / users
        ? List.of(List.copyOf(shards))
        : dealt(shards, memory / users / WINDOWS);
  }

  private List<List<Shard>> dealt(List<Shard> shards, long most) {
    List<List<Shard>> windows = new ArrayList<>();
    long free = 0;
    for (Shard shard : shards) {
      if (windows.isEmpty() || bytes(shard) > free) {
        windows.add(new ArrayList<>());
        free = most;
      }
      windows.get(windows.size() - 1).add(shard);
      free -= bytes(shard);
    }
    return windows;
  }

  /** What two windows that follow each other may take, or one if there are no more. */
  long bytesOfTwo(List<List<Shard>> windows) {
    long first = windows.isEmpty() ? 0 : bytes(windows.get(0));
    return IntStream.range(1, windows.size())
        .mapToLong(i -> bytes(windows.get(i - 1)) + bytes(windows.get(i)))
        .reduce(first, Math::max);
  }

  private List<Shard> shards(Split split) {
    return dataset.manifest().split(split).shards();
  }
}
