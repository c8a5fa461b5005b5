package io.blockwise.job.worker;

import io.blockwise.job.checkpoint.SavedReplica;
import java.util.Optional;

/** How a lease ended. Immutable. */
public sealed interface LeaseEnd {
  /** The lease that ended. */
  Lease lease();

  /**
   * It was trained to its end.
   *
   * @param place where
   * @param saved what was written for a checkpoint
   */
  record Done(Lease lease, LeaseReport report, Place place, SavedReplica saved)
      implements LeaseEnd {
    /** One that was to write nothing. */
    public Done(Lease lease, LeaseReport report, Place place) {
      this(lease, report, place, SavedReplica.NONE);
    }
  }

  /**
   * Its worker was lost; its shards are to be dealt again.
   *
   * @param executor Spark's name of the process that it was in, as far as known
   * @param reason why there is no report
   */
  record Lost(Lease lease, Optional<String> executor, String reason) implements LeaseEnd {}
}
