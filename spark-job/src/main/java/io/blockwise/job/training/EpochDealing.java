package io.blockwise.job.training;

import io.blockwise.data.dataset.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Deals the shards of one epoch to the workers, each shard once.
 *
 * <p>Every worker has a share: a pure function of seed, epoch and worker. Workers that take less
 * than their share at a time may take over what slower ones have not begun. Thread-safe.
 */
final class EpochDealing {
  private final List<Deque<Shard>> shares = new ArrayList<>();
  private final boolean takesOver;

  /**
   * @param takesOver whether a worker that is through with its share goes on with others'
   */
  EpochDealing(List<Shard> shards, int workers, long seed, int epoch, boolean takesOver) {
    this.takesOver = takesOver;
    List<Shard> order = new ArrayList<>(shards);
    Collections.shuffle(order, new Random(seed * 1_000_003 + epoch));
    for (int worker = 0; worker < workers; worker++) {
      shares.add(new ArrayDeque<>());
    }
    for (int i = 0; i < order.size(); i++) {
      shares.get(i % workers).add(order.get(i));
    }
  }

  /** A worker's share as long as nothing was taken from it. */
  List<Shard> share(int worker) {
    return List.copyOf(shares.get(worker));
  }

  /**
   * The next shards for a worker; none if the epoch is dealt out.
   *
   * @param most how many it wants at most, at least 1
   */
  synchronized List<Shard> take(int worker, int most) {
    Deque<Shard> share = shares.get(worker);
    if (share.isEmpty() && takesOver) {
      share = Collections.max(shares, Comparator.comparingInt(Deque::size));
    }
    List<Shard> taken = new ArrayList<>();
    while (taken.size() < most && !share.isEmpty()) {
      taken.add(share.remove());
    }
    return taken;
  }
}
