package io.blockwise.job.training.dealing;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.tape.Dealing;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Deals the shards of one epoch to the workers, each shard once, unless it is given back.
 *
 * <p>Every worker has a share: a pure function of seed, epoch and worker. Unless the dealing is
 * deterministic, a worker that is through with its share goes on with what others have not begun.
 * Used by the driver's thread.
 */
public final class EpochDealing implements Dealing {
  private final List<Deque<Shard>> shares = new ArrayList<>();
  private final Deque<Shard> returned = new ArrayDeque<>();
  private final boolean deterministic;

  /**
   * @param workers that shares are made for
   * @param deterministic whether a worker gets nothing but its share
   */
  public EpochDealing(
      List<Shard> shards, int workers, long seed, int epoch, boolean deterministic) {
    this.deterministic = deterministic;
    List<Shard> order = new ArrayList<>(shards);
    Collections.shuffle(order, new Random(seed * 1_000_003 + epoch));
    for (int worker = 0; worker < workers; worker++) {
      shares.add(new ArrayDeque<>());
    }
    for (int i = 0; i < order.size(); i++) {
      shares.get(i % workers).add(order.get(i));
    }
  }

  /**
   * What is not dealt yet. Immutable.
   *
   * @param shares of the workers
   * @param returned of any worker
   */
  public record Rest(List<List<Shard>> shares, List<Shard> returned) implements Serializable {
    public Rest {
      shares = shares.stream().map(List::copyOf).toList();
      returned = List.copyOf(returned);
    }
  }

  /** Goes on dealing what was left of an epoch. */
  EpochDealing(Rest rest, boolean deterministic) {
    this.deterministic = deterministic;
    rest.shares().forEach(share -> shares.add(new ArrayDeque<>(share)));
    returned.addAll(rest.returned());
  }

  /**
   * What somebody else would go on dealing.
   *
   * @param open shards of leases that run, which are dealt again then
   */
  Rest rest(List<Shard> open) {
    List<Shard> again = new ArrayList<>(returned);
    again.addAll(open);
    return new Rest(shares.stream().map(List::copyOf).toList(), again);
  }

  /** A worker's share as long as nothing was taken from it. */
  public List<Shard> share(int worker) {
    return List.copyOf(shares.get(worker));
  }

  @Override
  public boolean isEmpty() {
    return returned.isEmpty() && shares.stream().allMatch(Deque::isEmpty);
  }

  /**
   * A lease that is bounded takes what the worker has in memory first, whosever share it is in; one
   * that is not takes a whole share.
   */
  @Override
  public List<Shard> take(int worker, int most, Set<Shard> cached) {
    List<Shard> taken = new ArrayList<>();
    boolean bounded = most < Integer.MAX_VALUE;
    if (bounded && !deterministic) {
      shares.forEach(share -> move(share, taken, most, cached));
    }
    if (taken.isEmpty()) {
      move(source(worker), taken, most);
    }
    return taken;
  }

  @Override
  public void giveBack(List<Shard> shards) {
    returned.addAll(shards);
  }

  private Deque<Shard> source(int worker) {
    Deque<Shard> own = worker < shares.size() ? shares.get(worker) : returned;
    if (!own.isEmpty()) {
      return own;
    }
    if (!returned.isEmpty() || deterministic) {
      return returned;
    }
    return Collections.max(shares, Comparator.comparingInt(Deque::size));
  }

  private static void move(Deque<Shard> from, List<Shard> to, int most) {
    while (to.size() < most && !from.isEmpty()) {
      to.add(from.remove());
    }
  }

  private static void move(Deque<Shard> from, List<Shard> to, int most, Set<Shard> only) {
    for (Iterator<Shard> each = from.iterator(); each.hasNext() && to.size() < most; ) {
      Shard shard = each.next();
      if (only.contains(shard)) {
        to.add(shard);
        each.remove();
      }
    }
  }
}
