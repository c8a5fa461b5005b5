package io.blockwise.job.tape;

import io.blockwise.data.dataset.Shard;
import java.util.List;
import java.util.Set;

/** Who gets which shards of an epoch. Used by the driver's thread. */
public interface Dealing {
  /** Whether everything is dealt out, for now. */
  boolean isEmpty();

  /**
   * The next shards for a worker; none if there are none for it.
   *
   * @param worker from 0
   * @param most how many it wants at most, at least 1
   * @param cached what the worker has in memory
   */
  List<Shard> take(int worker, int most, Set<Shard> cached);

  /** Takes back what a lost worker had; whoever asks next gets it. */
  void giveBack(List<Shard> shards);
}
