package io.blockwise.job.tape;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.tape.TapeLine.Dealt;
import io.blockwise.job.tape.TapeReader.Numbered;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Deals an epoch's shards as the tape says. Used by the driver's thread. */
final class ReplayedDealing implements Dealing {
  private final ReplayedTurns turns;
  private final Map<String, Shard> left = new LinkedHashMap<>();
  private long dealt;

  ReplayedDealing(ReplayedTurns turns, List<Shard> shards) {
    this.turns = turns;
    shards.forEach(shard -> left.put(shard.file(), shard));
  }

  @Override
  public boolean isEmpty() {
    return left.isEmpty();
  }

  // Leases of one turn are asked for one after the other, and only then told to the tape. Those
  // behind the epoch's last one are the next epoch's.
  @Override
  public List<Shard> take(int worker, int most, Set<Shard> cached) {
    if (left.isEmpty()) {
      return List.of();
    }
    for (Numbered line : turns.dealtNext()) {
      if (line.number() > dealt) {
        Dealt lease = (Dealt) line.line();
        return lease.worker() == worker + 1 ? shards(line, lease) : List.of();
      }
    }
    return List.of();
  }

  private List<Shard> shards(Numbered line, Dealt lease) {
    dealt = line.number();
    List<Shard> shards = new ArrayList<>();
    for (String file : lease.shards()) {
      if (!left.containsKey(file)) {
        throw turns.fail(line, "no shard " + file + " left in this epoch");
      }
      shards.add(left.remove(file));
    }
    return shards;
  }

  @Override
  public void giveBack(List<Shard> shards) {
    throw new IllegalStateException("threads of this process are not lost");
  }
}
