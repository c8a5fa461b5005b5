package io.blockwise.job.worker;

import io.blockwise.model.network.NetworkFigures;
import java.io.Serializable;

/**
 * What a lease took. Immutable.
 *
 * @param attempt number of the attempt that finished it
 * @param steps batches that were trained on
 * @param leftOut rows of the incomplete last batch
 * @param nonFinite batches that some block skipped
 * @param sent pushes, repeated ones included
 * @param nanos from the first batch asked for to the last push settled
 * @param waitedNanos of those, waiting for data
 * @param averagingNanos of those, pushing, adopting and flushing
 * @param figures losses and answers of every block
 */
public record LeaseReport(
    long attempt,
    long steps,
    long leftOut,
    long nonFinite,
    long sent,
    long nanos,
    long waitedNanos,
    long averagingNanos,
    NetworkFigures figures)
    implements Serializable {
  /** Of no lease. */
  public static LeaseReport none(int blocks) {
    return new LeaseReport(0, 0, 0, 0, 0, 0, 0, 0, NetworkFigures.none(blocks));
  }

  /** Both together; the attempt is the later one's. */
  public LeaseReport plus(LeaseReport other) {
    return new LeaseReport(
        other.attempt,
        steps + other.steps,
        leftOut + other.leftOut,
        nonFinite + other.nonFinite,
        sent + other.sent,
        nanos + other.nanos,
        waitedNanos + other.waitedNanos,
        averagingNanos + other.averagingNanos,
        figures.plus(other.figures));
  }

  /** Rows that were trained on. */
  public long examples() {
    return figures.examples();
  }

  /**
   * Batches for every push of a block that trains, on average: fewer than the period where leases
   * end before it; 0 without a push.
   */
  public double effectivePeriod() {
    long training = figures.blocks().stream().filter(block -> block.rows() > 0).count();
    return sent == 0 ? 0 : (double) steps * training / sent;
  }

  /** Share of the time that went into waiting for data, 0..1. */
  public double waitShare() {
    return nanos == 0 ? 0 : (double) waitedNanos / nanos;
  }

  /** Share of the time that went into averaging, 0..1. */
  public double averagingShare() {
    return nanos == 0 ? 0 : (double) averagingNanos / nanos;
  }
}
