package io.blockwise.job.plan;

import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.averaging.AveragingOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What workers on executors and the driver's ledgers send each other. Immutable.
 *
 * @param push one push of every block and its answer
 * @param pushes of every block in an epoch, by all workers
 * @param epoch all messages of an epoch
 */
record Exchange(List<WireSize> push, List<Long> pushes, WireSize epoch) {
  Exchange {
    push = List.copyOf(push);
    pushes = List.copyOf(pushes);
  }

  /**
   * The exchange of an epoch.
   *
   * @param run id of the run
   * @param leases of every worker in an epoch, at least 1
   * @param steps of every worker in an epoch
   */
  static Exchange of(
      String run, List<BlockSize> blocks, AveragingOptions options, List<Long> steps, int leases) {
    boolean adopts = steps.size() > 1 || !options.copies();
    List<WireSize> push = new ArrayList<>();
    List<Long> pushes = new ArrayList<>();
    WireSize epoch = WireSize.NONE;
    for (int k = 0; k < blocks.size(); k++) {
      BlockSize block = blocks.get(k);
      WireSize one =
          WireSize.ofPush(run, block.parameters(), block.statistics(), options.codec(), adopts);
      long count = 0;
      for (long ofWorker : steps) {
        count += pushes(ofWorker, leases, options.period(), phase(options, k, blocks.size()));
      }
      WireSize lease = WireSize.ofLease(run, block.parameters(), block.statistics());
      push.add(one);
      pushes.add(count);
      epoch = epoch.plus(one.times(count)).plus(lease.times((long) leases * steps.size()));
    }
    return new Exchange(push, pushes, epoch);
  }

  /** As blocks push in different phases. */
  private static int phase(AveragingOptions options, int index, int blocks) {
    return (int) ((long) options.period() * index / blocks);
  }

  private static long pushes(long steps, int leases, int period, int phase) {
    long longer = steps % leases;
    return longer * pushes(steps / leases + 1, period, phase)
        + (leases - longer) * pushes(steps / leases, period, phase);
  }

  /** Of one lease: the first one a phase early, then every period, and what is left at the end. */
  static long pushes(long steps, int period, int phase) {
    if (steps == 0) {
      return 0;
    }
    long first = Math.max(1, period - phase);
    if (steps < first) {
      return 1;
    }
    long after = steps - first;
    return 1 + after / period + (after % period > 0 ? 1 : 0);
  }

  /** Pushes of all blocks in an epoch. */
  long pushesOfEpoch() {
    return pushes.stream().mapToLong(Long::longValue).sum();
  }
}
