package io.blockwise.model.averaging;

import io.blockwise.model.averaging.RuleMemento.Accepted;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The latest accepted pushes, from which a worker's share of the examples follows. The window is
 * the last {@code 4 L} pushes of the {@code L} members. Used under the ledger's lock.
 */
final class ShareWindow {
  private static final int ROUNDS = 4;

  private final Deque<Accepted> newestFirst;

  ShareWindow(List<Accepted> newestFirst) {
    this.newestFirst = new ArrayDeque<>(newestFirst);
  }

  List<Accepted> newestFirst() {
    return List.copyOf(newestFirst);
  }

  /**
   * The share of a push's worker: the mean of its fraction of the examples in the window before and
   * after this push; {@code 1 / L} until the window is full, exactly 1 if the worker is alone.
   */
  double share(int worker, long examples, Roster roster) {
    return roster.count() == 1 ? 1 : shareWith(worker, examples, roster);
  }

  /** Takes a push in. */
  void add(int worker, long examples, Roster roster) {
    newestFirst.addFirst(new Accepted(worker, examples));
    forgetBeyond(ROUNDS * roster.count(), roster);
  }

  private double shareWith(int worker, long examples, Roster roster) {
    int missing = ROUNDS * roster.count();
    double all = 0;
    double own = 0;
    Accepted oldest = null;
    for (Iterator<Accepted> entries = newestFirst.iterator(); missing > 0 && entries.hasNext(); ) {
      Accepted entry = entries.next();
      if (roster.contains(entry.worker())) {
        all += entry.examples();
        own += entry.worker() == worker ? entry.examples() : 0;
        oldest = entry;
        missing--;
      }
    }
    if (missing > 0) {
      return 1.0 / roster.count();
    }
    double before = own / all;
    double leaving = oldest.worker() == worker ? oldest.examples() : 0;
    double after = (own + examples - leaving) / (all + examples - oldest.examples());
    return (before + after) / 2;
  }

  private void forgetBeyond(int kept, Roster roster) {
    int seen = 0;
    for (Iterator<Accepted> entries = newestFirst.iterator(); entries.hasNext(); ) {
      Accepted entry = entries.next();
      if (seen == kept) {
        entries.remove();
      } else if (roster.contains(entry.worker())) {
        seen++;
      }
    }
  }
}
