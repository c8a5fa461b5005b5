package io.blockwise.job.report.html;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * When every worker had a lease. Of many leases neighbours that end alike are kept as one, so that
 * memory and pictures stay bounded. Used by one thread.
 */
final class LeaseSpans {
  /** Of a worker, above which neighbours become one; about twice the pixels of a picture. */
  private static final int MANY = 1200;

  private final SortedMap<Integer, List<Span>> workers = new TreeMap<>();
  private double end;

  /**
   * One lease or several. Immutable.
   *
   * @param from seconds of the run
   * @param leases how many
   * @param first number of the first of them
   */
  record Span(double from, double to, boolean lost, long leases, long first) {
    private Span with(Span next) {
      return new Span(
          Math.min(from, next.from), Math.max(to, next.to), lost, leases + next.leases, first);
    }
  }

  /** Adds a worker's lease, in the order of their ends. */
  void add(int worker, Span span) {
    end = Math.max(end, span.to());
    List<Span> spans = workers.computeIfAbsent(worker, number -> new ArrayList<>());
    spans.add(span);
    if (spans.size() > 2 * MANY) {
      workers.put(worker, merged(spans, end / MANY));
    }
  }

  /** Joins neighbours that end alike until what is left is wider than a pixel or so. */
  private static List<Span> merged(List<Span> spans, double pixel) {
    List<Span> merged = new ArrayList<>();
    for (Span span : spans) {
      int last = merged.size() - 1;
      boolean joins =
          last >= 0
              && merged.get(last).lost() == span.lost()
              && span.to() - merged.get(last).from() < 2 * pixel;
      if (joins) {
        merged.set(last, merged.get(last).with(span));
      } else {
        merged.add(span);
      }
    }
    // those that alternate faster than anybody can see: the latest are kept
    return new ArrayList<>(merged.subList(Math.max(0, merged.size() - 2 * MANY), merged.size()));
  }

  /** Spans of every worker, by its number. */
  SortedMap<Integer, List<Span>> workers() {
    return workers;
  }
}
