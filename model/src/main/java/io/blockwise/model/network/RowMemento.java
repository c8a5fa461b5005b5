package io.blockwise.model.network;

import io.blockwise.model.averaging.TrainedBlocks;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * All that a worker knows between two leases, and no ledger does: what a checkpoint keeps of it.
 * Immutable.
 *
 * @param trained blocks of its last lease
 * @param blocks what it knows of them, first to last
 */
public record RowMemento(TrainedBlocks trained, List<TrainerMemento> blocks)
    implements Serializable {
  public RowMemento {
    Objects.requireNonNull(trained, "trained");
    blocks = List.copyOf(blocks);
    if (blocks.size() != trained.count()) {
      throw new IllegalArgumentException(
          "Invalid memento: " + blocks.size() + " blocks (must be " + trained.count() + ")");
    }
  }
}
