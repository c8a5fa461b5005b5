package io.blockwise.job.worker;

import java.util.Optional;

/** How a lease ended. Immutable. */
public sealed interface LeaseEnd {
  /** The lease that ended. */
  Lease lease();

  /**
   * It was trained to its end.
   *
   * @param place where
   */
  record Done(Lease lease, LeaseReport report, Place place) implements LeaseEnd {}

  /**
   * Its worker was lost; its shards are to be dealt again.
   *
   * @param executor Spark's name of the process that it was in, as far as known
   * @param reason why there is no report
   */
  record Lost(Lease lease, Optional<String> executor, String reason) implements LeaseEnd {}
}
