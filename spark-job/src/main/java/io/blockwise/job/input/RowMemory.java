package io.blockwise.job.input;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

  private final long rowBytes;
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
    this.rowBytes = dataset.manifest().schema().rowBytes();
    this.memory = memory;
    this.users = users;
    Set<Shard> shards = new HashSet<>(dataset.manifest().split(Split.TRAIN).shards());
    shards.addAll(dataset.manifest().split(Split.VALIDATION).shards());
    this.resident = bytes(shards) <= memory ? Set.copyOf(shards) : Set.of();
    if (resident.isEmpty()) {
      requireTwoShards(dataset, Split.TRAIN, users);
      requireTwoShards(dataset, Split.VALIDATION, users);
    }
    // Whoever evaluates keeps nobody waiting, so one may go after the other.
    requireTwoShards(dataset, Split.TEST, 1);
  }

  /** Without a limit. */
  RowMemory(long rowBytes) {
    this.rowBytes = rowBytes;
    this.memory = Long.MAX_VALUE;
    this.users = 1;
    this.resident = Set.of();
  }

  private void requireTwoShards(Dataset dataset, Split split, int atOnce) {
    long two =
        dataset.manifest().split(split).shards().stream()
            .map(this::bytes)
            .sorted(Comparator.reverseOrder())
            .limit(WINDOWS)
            .reduce(0L, Long::sum);
    if (two > memory / atOnce) {
      throw new UserException(
          String.format(
              "Cannot read data set %s: data.memory leaves %d bytes to each of %d workers, and two"
                  + " shards of %s take %d (raise data.memory, or make the data set anew with more"
                  + " data.shards.%s)",
              dataset.directory(), memory / atOnce, atOnce, split, two, split));
    }
  }

  /** That rows may take. */
  long bytes() {
    return memory;
  }

  long bytes(Shard shard) {
    return shard.rows() * rowBytes;
  }

  private long bytes(Collection<Shard> shards) {
    return shards.stream().mapToLong(this::bytes).sum();
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
}
