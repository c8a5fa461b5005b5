package io.blockwise.model.network;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.averaging.replica.ReplicaMemento;
import java.io.Serializable;
import java.util.Objects;

/**
 * What a worker knows of a block between two leases, and no ledger does. Immutable.
 *
 * @param replica what is its own of the block's state
 * @param reachedScale factor of the learning rate for the number of workers, at least 1
 * @param nonFiniteInARow batches up to now
 */
public record TrainerMemento(ReplicaMemento replica, double reachedScale, int nonFiniteInARow)
    implements Serializable {
  public TrainerMemento {
    Objects.requireNonNull(replica, "replica");
    requireAtLeast("batches in a row that are not finite", nonFiniteInARow, 0);
  }
}
