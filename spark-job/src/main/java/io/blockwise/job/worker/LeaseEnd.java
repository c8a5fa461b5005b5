package io.blockwise.job.worker;

import java.util.Optional;

/**
 * How a lease ended: with a report, or without one because its worker was lost. Immutable.
 *
 * @param report empty if the worker was lost
 * @param place where it was trained; empty if the worker was lost
 * @param executor Spark's name of the process that it was in, as far as known
 * @param failure why there is no report; empty if there is one
 */
public record LeaseEnd(
    Lease lease,
    Optional<LeaseReport> report,
    Optional<Place> place,
    Optional<String> executor,
    String failure) {
  /** The lease was trained to its end. */
  public static LeaseEnd done(Lease lease, LeaseReport report, Place place) {
    return new LeaseEnd(
        lease, Optional.of(report), Optional.of(place), Optional.of(place.executor()), "");
  }

  /** The worker was lost; its shards are to be dealt again. */
  public static LeaseEnd lost(Lease lease, Optional<String> executor, String failure) {
    return new LeaseEnd(lease, Optional.empty(), Optional.empty(), executor, failure);
  }
}
