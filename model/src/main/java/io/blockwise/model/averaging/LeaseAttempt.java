package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.Objects;

/**
 * One attempt of one worker at one lease. Every message names it, so that messages of an attempt
 * that has been replaced do not count. Immutable.
 *
 * @param run id of the run, so that two runs in one application do not mix
 * @param worker slot of the worker, at least 0; it has at most one lease at a time
 * @param lease number of the lease; those of one worker grow
 * @param attempt number of the attempt at this lease; later attempts have greater ones
 */
public record LeaseAttempt(String run, int worker, long lease, long attempt)
    implements Serializable {
  public LeaseAttempt {
    Objects.requireNonNull(run, "run");
    requireAtLeast("worker", worker, 0);
  }

  /** Whether this one replaces {@code other}, of the same worker. */
  public boolean isNewerThan(LeaseAttempt other) {
    return lease != other.lease ? lease > other.lease : attempt > other.attempt;
  }

  @Override
  public String toString() {
    return "worker " + worker + ", lease " + lease + ", attempt " + attempt;
  }
}
