package io.blockwise.model.averaging;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The latest accepted pushes, from which a worker's share of the examples follows. The window is
 * the last {@code 4 L} pushes of the {@code L} live workers. Used under the ledger's lock.
 */
final class ShareWindow {
  private static final int ROUNDS = 4;

  private record Entry(int worker, long examples) {}

  private final Deque<Entry> newestFirst = new ArrayDeque<>();
  private int mostLive = 1;

  /**
   * Takes a push in and gives its worker's share: the mean of its fraction of the examples in the
   * window before and after this push; {@code 1 / L} until the window is full, exactly 1 if the
   * worker is alone.
   */
  double take(int worker, long examples, LiveWorkers live) {
    double share = live.count() == 1 ? 1 : shareWith(worker, examples, live);
    newestFirst.addFirst(new Entry(worker, examples));
    mostLive = Math.max(mostLive, live.count());
    forgetBeyond(ROUNDS * mostLive, live);
    return share;
  }

  private double shareWith(int worker, long examples, LiveWorkers live) {
    int missing = ROUNDS * live.count();
    double all = 0;
    double own = 0;
    Entry oldest = null;
    for (Iterator<Entry> entries = newestFirst.iterator(); missing > 0 && entries.hasNext(); ) {
      Entry entry = entries.next();
      if (live.contains(entry.worker())) {
        all += entry.examples();
        own += entry.worker() == worker ? entry.examples() : 0;
        oldest = entry;
        missing--;
      }
    }
    if (missing > 0) {
      return 1.0 / live.count();
    }
    double before = own / all;
    double leaving = oldest.worker() == worker ? oldest.examples() : 0;
    double after = (own + examples - leaving) / (all + examples - oldest.examples());
    return (before + after) / 2;
  }

  // Sized by the most workers there were: between two leases of a worker the window is smaller.
  private void forgetBeyond(int kept, LiveWorkers live) {
    int seen = 0;
    for (Iterator<Entry> entries = newestFirst.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (seen == kept) {
        entries.remove();
      } else if (live.contains(entry.worker())) {
        seen++;
      }
    }
  }
}
