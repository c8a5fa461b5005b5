package io.blockwise.job.training;

/**
 * What a lease took. Immutable.
 *
 * @param steps batches that were trained on
 * @param examples rows of those batches
 * @param leftOut rows of the incomplete last batch
 * @param nonFinite batches that some block skipped
 * @param nanos from the first batch asked for to the last push settled
 * @param waitedNanos of those, waiting for data
 * @param averagingNanos of those, pushing, adopting and flushing
 */
record LeaseReport(
    long steps,
    long examples,
    long leftOut,
    long nonFinite,
    long nanos,
    long waitedNanos,
    long averagingNanos) {
  static final LeaseReport NONE = new LeaseReport(0, 0, 0, 0, 0, 0, 0);

  LeaseReport plus(LeaseReport other) {
    return new LeaseReport(
        steps + other.steps,
        examples + other.examples,
        leftOut + other.leftOut,
        nonFinite + other.nonFinite,
        nanos + other.nanos,
        waitedNanos + other.waitedNanos,
        averagingNanos + other.averagingNanos);
  }

  /** Share of the time that went into waiting for data, 0..1. */
  double waitShare() {
    return nanos == 0 ? 0 : (double) waitedNanos / nanos;
  }

  /** Share of the time that went into averaging, 0..1. */
  double averagingShare() {
    return nanos == 0 ? 0 : (double) averagingNanos / nanos;
  }
}
