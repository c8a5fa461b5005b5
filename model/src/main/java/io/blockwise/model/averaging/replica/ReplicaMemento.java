package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What of a {@link BlockReplica} its ledger does not know, between two leases: with the ledger's
 * value, another replica goes on from it as this one would have. Immutable.
 *
 * @param examples that the worker has trained the block on, at least 0
 * @param value what is its own of the averaged value
 * @param own state vectors that the worker keeps for itself: optimiser, slow copy, running
 *     statistics
 */
public record ReplicaMemento(long examples, ValueMemento value, Map<StateKind, FloatVector> own)
    implements Serializable {
  public ReplicaMemento {
    Objects.requireNonNull(value, "value");
    own = Collections.unmodifiableMap(new EnumMap<>(own));
  }

  static Map<StateKind, FloatVector> ownOf(Block block) {
    Map<StateKind, FloatVector> own = new EnumMap<>(StateKind.class);
    for (StateKind kind : StateKind.values()) {
      if (isOwn(kind)) {
        float[] values = new float[block.length(kind)];
        block.read(kind, values);
        own.put(kind, FloatVector.owning(values));
      }
    }
    return own;
  }

  /** Running statistics are averaged, but a worker goes on with its own. */
  private static boolean isOwn(StateKind kind) {
    return !kind.isAveraged() || kind == StateKind.STATISTICS;
  }
}
