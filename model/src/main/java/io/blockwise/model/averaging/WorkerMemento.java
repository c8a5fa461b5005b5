package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a ledger knows of a worker between two leases. Immutable.
 *
 * @param worker slot of the worker, at least 0
 * @param retired greatest number of a lease that it has opened or that was retired: its next one
 *     has a greater number; {@link Long#MIN_VALUE} if there was none
 * @param settledExamples over the whole run, at least 0
 */
public record WorkerMemento(
    int worker, Membership membership, long retired, long settledExamples, Pace pace)
    implements Serializable {
  public WorkerMemento {
    requireAtLeast("worker", worker, 0);
    Objects.requireNonNull(membership, "membership");
    Objects.requireNonNull(pace, "pace");
  }

  /**
   * Whether the averaging counts on it.
   *
   * @param acceptedSinceEnd pushes of others that have been accepted since its last lease ended
   */
  public record Membership(boolean member, long acceptedSinceEnd) implements Serializable {}

  /**
   * What follows from pushes that were dropped.
   *
   * @param dropsInARow since the last accepted push, or since the period was halved
   * @param periodDivisor by which the worker divides its period, at least 1
   */
  public record Pace(int dropsInARow, int periodDivisor) implements Serializable {
    public Pace {
      requireAtLeast("drops in a row", dropsInARow, 0);
      requireAtLeast("period divisor", periodDivisor, 1);
    }
  }
}
