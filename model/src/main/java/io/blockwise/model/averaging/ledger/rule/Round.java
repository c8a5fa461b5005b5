package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.ledger.rule.FoldRule.Contribution;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The accepted pushes of a round, where nobody waits for anybody: it is over when every member has
 * had a push accepted in it, at the latest after twice as many as there are members. Immutable.
 *
 * @param pushed workers that have had a push accepted in it
 * @param accepted pushes
 * @param staleness sum over them, in rounds
 */
public record Round(List<Integer> pushed, int accepted, double staleness) implements Serializable {
  static final Round EMPTY = new Round(List.of(), 0, 0);

  private static final double STALEST = 2;
  private static final int MOST_PUSHES_PER_MEMBER = 2;

  public Round {
    pushed = List.copyOf(pushed);
  }

  /** The same with one more push. */
  Round with(Contribution one) {
    List<Integer> workers = new ArrayList<>(pushed);
    if (!workers.contains(one.worker())) {
      workers.add(one.worker());
    }
    return new Round(workers, accepted + 1, staleness + one.staleness());
  }

  boolean isOver(int members) {
    return pushed.size() >= members || accepted >= MOST_PUSHES_PER_MEMBER * members;
  }

  /** Whether its pushes come from more than 2 rounds ago in the mean: they say little of now. */
  boolean isStale() {
    return staleness > STALEST * accepted;
  }
}
