package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.ledger.rule.RuleMemento.Accepted;
import io.blockwise.model.averaging.table.RowTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Folds every push at once: {@code g <- g + w d} with {@code w = share * max(1, staleness)^-0.5},
 * or with a {@link NormGain} {@code w = gain * share}; a {@link DelayedMomentum} is added at the
 * end of every round. Nobody waits for anybody. Used under the ledger's lock.
 */
final class AverageRule implements FoldRule {
  private final RunningStatistics running;
  private final ShareWindow window;
  private final Optional<NormGain> norm;
  private final Optional<DelayedMomentum> delayed;
  private Contribution waiting;

  AverageRule(RunningStatistics running, Gain gain, OuterOptimiser optimiser) {
    this(
        running,
        new ShareWindow(List.of()),
        gain == Gain.NORM ? Optional.of(new NormGain()) : Optional.empty(),
        optimiser == OuterOptimiser.DELAYED
            ? Optional.of(new DelayedMomentum())
            : Optional.empty());
  }

  private AverageRule(
      RunningStatistics running,
      ShareWindow window,
      Optional<NormGain> norm,
      Optional<DelayedMomentum> delayed) {
    this.running = running;
    this.window = window;
    this.norm = norm;
    this.delayed = delayed;
  }

  @Override
  public double staleness(long versionsAgo, Members members) {
    return (double) versionsAgo / members.count();
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
  public Optional<Fold> next(BlockState state, Members members) {
    if (waiting == null) {
      return Optional.empty();
    }
    Contribution one = waiting;
    double share = window.share(one.worker(), one.push().examples(), members);
    double weight = norm.isPresent() ? share : share / Math.sqrt(Math.max(1, one.staleness()));
    double gain = gain(members);
    long version = state.version() + 1;
    FloatVector folded =
        one.isCopy()
            ? one.others(state.table())
            : moved(state.value(), gain * weight, one.values());
    RowTable table =
        one.isCopy()
            ? one.copied(version, state.table())
            : one.moved(version, state.table(), gain * weight);
    // The ledger's first statistics are only where batch norm starts from, nobody's observations.
    double statisticsWeight = state.version() == 0 ? 1 : weight;
    FloatVector statistics =
        running.pooled(state.statistics(), one.push().statistics(), statisticsWeight);
    FloatVector value =
        delayed.map(some -> some.after(state.value(), folded, one, members.count())).orElse(folded);
    BlockState next = new BlockState(version, value, statistics, table);
    Optional<Fold> fold = Optional.of(new Fold(next, List.of(one.weighing(weight)), gain));
    norm.ifPresent(some -> some.add(one, state.table(), share, members));
    window.add(one.worker(), one.push().examples(), members);
    waiting = null;
    return fold;
  }

  @Override
  public List<Contribution> waiting() {
    return waiting == null ? List.of() : List.of(waiting);
  }

  @Override
  public double gain(Members members) {
    return norm.map(some -> some.now(members)).orElse(1.0);
  }

  @Override
  public void notFinite() {
    norm.ifPresent(NormGain::forget);
    delayed.ifPresent(DelayedMomentum::forget);
  }

  @Override
  public RuleMemento memento() {
    RuleMemento.Window seen = new RuleMemento.Window(window.newestFirst());
    if (norm.isPresent()) {
      return new RuleMemento.NormWindow(seen, norm.get().memento());
    }
    return delayed.isPresent()
        ? new RuleMemento.DelayedWindow(seen, delayed.get().memento())
        : seen;
  }

  @Override
  public FoldRule restored(RuleMemento memento) {
    if (memento instanceof RuleMemento.NormWindow saved) {
      return restored(saved.window(), Optional.of(new NormGain(saved.norm())), Optional.empty());
    }
    if (memento instanceof RuleMemento.DelayedWindow saved) {
      DelayedMomentum momentum = new DelayedMomentum(saved.delayed());
      return restored(saved.window(), Optional.empty(), Optional.of(momentum));
    }
    return restored((RuleMemento.Window) memento, Optional.empty(), Optional.empty());
  }

  private AverageRule restored(
      RuleMemento.Window saved, Optional<NormGain> gain, Optional<DelayedMomentum> momentum) {
    return new AverageRule(running, new ShareWindow(saved.newestFirst()), gain, momentum);
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

  /**
   * The latest accepted pushes, from which a worker's share of the examples follows. The window is
   * the last {@code 4 L} pushes of the {@code L} members. Used under the ledger's lock.
   */
  private static final class ShareWindow {
    private static final int ROUNDS = 4;

    private final Deque<Accepted> newestFirst;

    ShareWindow(List<Accepted> newestFirst) {
      this.newestFirst = new ArrayDeque<>(newestFirst);
    }

    List<Accepted> newestFirst() {
      return List.copyOf(newestFirst);
    }

    /**
     * The share of a push's worker: the mean of its fraction of the examples in the window before
     * and after this push; {@code 1 / L} until the window is full, exactly 1 if the worker is
     * alone.
     */
    double share(int worker, long examples, Members members) {
      return members.count() == 1 ? 1 : shareWith(worker, examples, members);
    }

    /** Takes a push in. */
    void add(int worker, long examples, Members members) {
      newestFirst.addFirst(new Accepted(worker, examples));
      forgetBeyond(ROUNDS * members.count(), members);
    }

    private double shareWith(int worker, long examples, Members members) {
      int missing = ROUNDS * members.count();
      double all = 0;
      double own = 0;
      Accepted oldest = null;
      for (Iterator<Accepted> entries = newestFirst.iterator();
          missing > 0 && entries.hasNext(); ) {
        Accepted entry = entries.next();
        if (members.contains(entry.worker())) {
          all += entry.examples();
          own += entry.worker() == worker ? entry.examples() : 0;
          oldest = entry;
          missing--;
        }
      }
      if (missing > 0) {
        return 1.0 / members.count();
      }
      double before = own / all;
      double leaving = oldest.worker() == worker ? oldest.examples() : 0;
      double after = (own + examples - leaving) / (all + examples - oldest.examples());
      return (before + after) / 2;
    }

    private void forgetBeyond(int kept, Members members) {
      int seen = 0;
      for (Iterator<Accepted> entries = newestFirst.iterator(); entries.hasNext(); ) {
        Accepted entry = entries.next();
        if (seen == kept) {
          entries.remove();
        } else if (members.contains(entry.worker())) {
          seen++;
        }
      }
    }
  }
}
