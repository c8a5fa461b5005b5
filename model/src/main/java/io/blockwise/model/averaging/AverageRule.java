package io.blockwise.model.averaging;

import java.util.List;
import java.util.Optional;

/**
 * Folds every push at once: {@code g <- g + w d} with {@code w = share * max(1, staleness)^-0.5}.
 * Nobody waits for anybody. Used under the ledger's lock.
 */
final class AverageRule implements FoldRule {
  private final RunningStatistics running;
  private final ShareWindow window;
  private Contribution waiting;

  AverageRule(RunningStatistics running) {
    this(running, new ShareWindow(List.of()));
  }

  private AverageRule(RunningStatistics running, ShareWindow window) {
    this.running = running;
    this.window = window;
  }

  @Override
  public double staleness(long versionsAgo, Roster roster) {
    return (double) versionsAgo / roster.count();
  }

  @Override
  public void add(Contribution contribution) {
    waiting = contribution;
  }

  @Override
  public Optional<Contribution> withdraw(int worker) {
    return Optional.empty(); // what is added is folded before anything else happens
  }

  @Override
  public Optional<Fold> next(BlockState state, Roster roster) {
    if (waiting == null) {
      return Optional.empty();
    }
    Contribution one = waiting;
    double share = window.share(one.worker(), one.push().examples(), roster);
    double weight = share / Math.sqrt(Math.max(1, one.staleness()));
    FloatVector value = one.isCopy() ? one.values() : moved(state.value(), weight, one.values());
    // The ledger's first statistics are only where batch norm starts from, nobody's observations.
    double statisticsWeight = state.version() == 0 ? 1 : weight;
    FloatVector statistics =
        running.pooled(state.statistics(), one.push().statistics(), statisticsWeight);
    BlockState next = new BlockState(state.version() + 1, value, statistics);
    Optional<Fold> fold = Optional.of(new Fold(next, List.of(one)));
    window.add(one.worker(), one.push().examples(), roster);
    waiting = null;
    return fold;
  }

  @Override
  public List<Contribution> waiting() {
    return waiting == null ? List.of() : List.of(waiting);
  }

  @Override
  public RuleMemento memento() {
    return new RuleMemento.Window(window.newestFirst());
  }

  @Override
  public FoldRule restored(RuleMemento memento) {
    RuleMemento.Window saved = (RuleMemento.Window) memento;
    return new AverageRule(running, new ShareWindow(saved.newestFirst()));
  }

  private static FloatVector moved(FloatVector from, double weight, FloatVector delta) {
    float[] g = from.shared();
    float[] d = delta.shared();
    float[] moved = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      moved[i] = (float) (g[i] + weight * d[i]);
    }
    return FloatVector.owning(moved);
  }
}
