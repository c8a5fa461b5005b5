package io.blockwise.model.averaging;

import java.util.List;
import java.util.Optional;

/**
 * How admitted pushes become a new state. Holds a push from {@link #add} on, until {@link #next}
 * folds it or its lease ends. Used under the ledger's lock.
 */
sealed interface FoldRule permits AverageRule, QuorumRule {
  /** Staleness, in rounds, of a push based on a version that many versions ago. */
  double staleness(long versionsAgo, Members members);

  /** Takes a push. A copy is added only if its worker is the only member. */
  void add(Contribution contribution);

  /** Gives back what it holds of a worker whose lease has ended. */
  Optional<Contribution> withdraw(int worker);

  /** What it holds, in worker order. */
  List<Contribution> waiting();

  /**
   * The next fold, or nothing if the rule waits for more. Called again until it has nothing. Gives
   * away what it holds only when the fold is whole: an error in between loses no push.
   */
  Optional<Fold> next(BlockState state, Members members);

  /** What it knows, without the pushes that it holds. */
  RuleMemento memento();

  /** A rule of the same options that knows what this memento, one of its own kind, says. */
  FoldRule restored(RuleMemento memento);
}
