package io.blockwise.job.plan;

import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.averaging.AveragingOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What workers on executors and the driver's ledgers send each other. Immutable.
 *
 * @param blocks pushes of every block
 * @param epoch all messages of an epoch
 */
record Exchange(List<Pushes> blocks, WireSize epoch) {
  /**
   * Pushes of a block. Immutable.
   *
   * @param one push and its answer
   * @param count of all workers in an epoch
   */
  record Pushes(WireSize one, long count) {
    private Pushes plus(Pushes other) {
      return new Pushes(one.plus(other.one), count + other.count);
    }
  }

  /**
   * The exchange of an epoch.
   *
   * @param run id of the run
   * @param steps of every worker in an epoch
   * @param leases of every worker in an epoch, at least 1
   */
  static Exchange of(
      String run, List<BlockSize> blocks, AveragingOptions options, List<Long> steps, int leases) {
    boolean adopts = steps.size() > 1 || !options.copies();
    List<Pushes> pushes = new ArrayList<>();
    WireSize epoch = WireSize.NONE;
    for (int k = 0; k < blocks.size(); k++) {
      int values = blocks.get(k).parameters();
      int statistics = blocks.get(k).statistics();
      // as blocks push in different phases
      int phase = (int) ((long) options.period() * k / blocks.size());
      long count =
          steps.stream().mapToLong(some -> pushes(some, leases, options.period(), phase)).sum();
      WireSize one = WireSize.ofPush(run, values, statistics, options.codec(), adopts);
      WireSize lease = WireSize.ofLease(run, values, statistics);
      pushes.add(new Pushes(one, count));
      epoch = epoch.plus(one.times(count)).plus(lease.times((long) leases * steps.size()));
    }
    return new Exchange(pushes, epoch);
  }

  private static long pushes(long steps, int leases, int period, int phase) {
    long longer = steps % leases;
    return longer * pushes(steps / leases + 1, period, phase)
        + (leases - longer) * pushes(steps / leases, period, phase);
  }

  /** Of one lease: the first one a phase early, then every period, and what is left at the end. */
  static long pushes(long steps, int period, int phase) {
    long first = Math.min(steps, Math.max(1, period - phase));
    return (first + period - 1) / period + (steps - first + period - 1) / period;
  }

  /** One push of every block, and all in an epoch. */
  Pushes all() {
    return blocks.stream().reduce(Pushes::plus).orElseThrow();
  }
}
