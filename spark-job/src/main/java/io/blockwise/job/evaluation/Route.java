package io.blockwise.job.evaluation;

import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.AdaptiveWalk;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A way through the network, and how long a row takes on it. Immutable.
 *
 * @param rule by which rows leave
 * @param compacted whether what has left is computed no more; else every block and every exit
 *     computes all rows, and the rule only chooses among the answers
 * @param seconds of a row, in the mean
 */
record Route(ExitRule rule, boolean compacted, double seconds) {
  /** Rows that are timed; the first batch is not, in which libraries set themselves up. */
  private static final int MOST_ROWS = 4_000;

  /**
   * Times the rules, each with compaction and the last of them without, too. Batch by batch in
   * turn, so that what else the machine does meets all alike. Called on the network's thread.
   *
   * @param batches of which the first few are used
   */
  static List<Route> timed(
      DecoupledNetwork network,
      List<ExitRule> rules,
      Temperatures temperatures,
      int batchSize,
      BatchSource batches)
      throws InterruptedException {
    List<Timed> routes = new ArrayList<>();
    rules.forEach(rule -> routes.add(walking(network, rule, temperatures, batchSize)));
    routes.add(new Timed(rules.get(rules.size() - 1), false, network::scores, () -> {}, () -> {}));
    try {
      return timed(network, routes, batches);
    } finally {
      routes.forEach(route -> route.close.run());
    }
  }

  private static Timed walking(
      DecoupledNetwork network, ExitRule rule, Temperatures temperatures, int batchSize) {
    AdaptiveWalk walk = new AdaptiveWalk(network, rule, temperatures, batchSize, answered -> {});
    return new Timed(
        rule, true, batch -> walk.add(batch, new long[batch.rows()]), walk::finish, walk::close);
  }

  private static List<Route> timed(
      DecoupledNetwork network, List<Timed> routes, BatchSource batches)
      throws InterruptedException {
    long rows = 0;
    try (Feed feed = new Feed(batches, 1, network::upload)) {
      boolean first = batches.batches() > 1;
      while (feed.hasNext() && rows < MOST_ROWS) {
        Batch batch = feed.take();
        for (Timed route : routes) {
          route.run(batch);
          if (first) {
            route.end(); // so that no row of it is left for the others' time
            route.nanos = 0;
          }
        }
        rows += first ? 0 : batch.rows();
        first = false;
        feed.release(batch);
      }
    }
    routes.forEach(Timed::end);
    long timed = rows;
    return routes.stream()
        .map(route -> new Route(route.rule, route.compacted, route.nanos / 1e9 / timed))
        .toList();
  }

  /** A route on its way. */
  private static final class Timed {
    private final ExitRule rule;
    private final boolean compacted;
    private final Consumer<Batch> step;
    private final Runnable finish;
    private final Runnable close;
    private long nanos;

    Timed(ExitRule rule, boolean compacted, Consumer<Batch> step, Runnable finish, Runnable close) {
      this.rule = rule;
      this.compacted = compacted;
      this.step = step;
      this.finish = finish;
      this.close = close;
    }

    void run(Batch batch) {
      long start = System.nanoTime();
      step.accept(batch);
      nanos += System.nanoTime() - start;
    }

    void end() {
      long start = System.nanoTime();
      finish.run();
      nanos += System.nanoTime() - start;
    }
  }
}
