package io.blockwise.job.plan;

import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What workers on executors and the driver's ledgers send each other: of tables at most, as if no
 * word came twice between two pushes. Immutable.
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
   * @param tokens most of a batch, see {@link #tokens}
   * @param steps of every worker in an epoch
   * @param leases of every worker in an epoch, at least 1
   */
  static Exchange of(
      String run,
      List<BlockSize> blocks,
      AveragingOptions options,
      int tokens,
      List<Long> steps,
      int leases) {
    boolean adopts = steps.size() > 1 || !options.copies();
    List<Pushes> pushes = new ArrayList<>();
    WireSize epoch = WireSize.NONE;
    for (int k = 0; k < blocks.size(); k++) {
      // as blocks push in different phases
      int phase = (int) ((long) options.period() * k / blocks.size());
      long count =
          steps.stream().mapToLong(some -> pushes(some, leases, options.period(), phase)).sum();
      BlockSize size = blocks.get(k);
      int rows = (int) Math.min(size.table().rows(), (long) tokens * options.period());
      int changed = (int) Math.min(size.table().rows(), (long) rows * steps.size());
      WireSize one = push(run, size, options.codec(), rows, adopts ? changed : -1);
      WireSize lease = lease(run, size, changed);
      pushes.add(new Pushes(one, count));
      epoch = epoch.plus(one.times(count)).plus(lease.times((long) leases * steps.size()));
    }
    return new Exchange(pushes, epoch);
  }

  /** Tokens that a batch has at most; 0 if networks read something else. */
  static int tokens(Settings settings, NetworkSpec network) {
    return network.input() instanceof Shape.Tokens texts
        ? Math.multiplyExact(settings.training().batchSize(), texts.positions())
        : 0;
  }

  private static WireSize push(String run, BlockSize size, Codec codec, int rows, int changed) {
    int others = size.parameters() - size.table().values();
    int width = size.table().width();
    return width == 0
        ? WireSize.ofPush(run, others, size.statistics(), codec, changed >= 0)
        : WireSize.ofRows(run, others, size.statistics(), codec, width, rows, changed);
  }

  private static WireSize lease(String run, BlockSize size, int changed) {
    int others = size.parameters() - size.table().values();
    int width = size.table().width();
    return width == 0
        ? WireSize.ofLease(run, others, size.statistics())
        : WireSize.ofLease(run, others, size.statistics(), width, changed);
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
