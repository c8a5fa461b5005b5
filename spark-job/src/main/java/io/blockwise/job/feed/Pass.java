package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;

/**
 * What decides the order of a lease's rows and how each is augmented. Immutable.
 *
 * @param seed of the run
 * @param epoch from 1
 * @param lease tells the leases of an epoch apart, for example the first row of its first shard
 */
public record Pass(long seed, int epoch, long lease) {
  /** Of rows that are neither shuffled nor augmented. */
  static final Pass UNUSED = new Pass(0, 0, 0);

  /** Decides the order of the rows. */
  SplitMix order() {
    return new SplitMix(SplitMix.key(~seed, epoch, lease));
  }

  /** Decides on what is random in a step on a batch, by its number in the lease. */
  long chance(int batch) {
    return SplitMix.combine(SplitMix.key(~seed, -epoch, lease), batch);
  }

  /**
   * Decides how a row is augmented: the same wherever and beside whatever other rows it is read.
   */
  SplitMix augmentation(long row) {
    return new SplitMix(SplitMix.key(seed, epoch, row));
  }
}
