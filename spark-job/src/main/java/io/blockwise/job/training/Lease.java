package io.blockwise.job.training;

import io.blockwise.data.dataset.Shard;
import io.blockwise.model.averaging.LeaseAttempt;
import java.util.List;

/**
 * A piece of training that a worker is given: one pass over some shards. Immutable.
 *
 * @param attempt who trains it
 * @param epoch from 1
 * @param shards at least one; no other lease of the epoch has any of them
 */
record Lease(LeaseAttempt attempt, int epoch, List<Shard> shards) {
  Lease {
    shards = List.copyOf(shards);
  }

  int rows() {
    return shards.stream().mapToInt(Shard::rows).sum();
  }
}
