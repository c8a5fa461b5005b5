package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;

/**
 * Folds in rounds: the mean of several workers' differences, weighted by their examples, goes
 * through the outer optimiser. With a round of all workers that have a lease this is synchronous
 * averaging, exact because it is added up in worker order and in double precision. Used under the
 * ledger's lock.
 */
final class QuorumRule implements FoldRule {
  private final AveragingOptions options;
  private final RunningStatistics running;
  private final OuterStep outer;
  private final LongSupplier nanoClock;
  private final SortedMap<Integer, Contribution> round = new TreeMap<>();
  private long firstAt;

  QuorumRule(AveragingOptions options, RunningStatistics running, LongSupplier nanoClock) {
    this(options, running, nanoClock, FloatVector.EMPTY);
  }

  private QuorumRule(
      AveragingOptions options,
      RunningStatistics running,
      LongSupplier nanoClock,
      FloatVector momentum) {
    this.options = options;
    this.running = running;
    this.outer = new OuterStep(options.outer(), momentum);
    this.nanoClock = nanoClock;
  }

  @Override
  public double staleness(long versionsAgo, Roster roster) {
    return versionsAgo;
  }

  @Override
  public void add(Contribution contribution) {
    if (round.isEmpty()) {
      firstAt = nanoClock.getAsLong();
    }
    round.put(contribution.worker(), contribution);
  }

  @Override
  public Optional<Contribution> withdraw(int worker) {
    return Optional.ofNullable(round.remove(worker));
  }

  @Override
  public Optional<Fold> next(BlockState state, Roster roster) {
    if (round.isEmpty() || !isComplete(roster.leases())) {
      return Optional.empty();
    }
    List<Contribution> inWorkerOrder = waiting();
    List<Contribution> weighed = inWorkerOrder.stream().filter(Contribution::hasWeight).toList();
    Fold fold =
        weighed.isEmpty() ? new Fold(state, inWorkerOrder) : fold(state, weighed, inWorkerOrder);
    round.clear();
    return Optional.of(fold);
  }

  @Override
  public List<Contribution> waiting() {
    return List.copyOf(round.values());
  }

  @Override
  public LedgerMemento.Rule memento() {
    return new LedgerMemento.Rule.Momentum(options.outer().optimiser(), outer.momentum());
  }

  @Override
  public FoldRule restored(LedgerMemento.Rule memento) {
    LedgerMemento.Rule.Momentum saved = (LedgerMemento.Rule.Momentum) memento;
    return new QuorumRule(options, running, nanoClock, saved.values());
  }

  private boolean isComplete(int leases) {
    int size = options.quorum().size();
    long maxWaitNanos = options.quorum().maxWait().toNanos();
    int needed = size == 0 ? leases : Math.min(size, leases);
    return round.size() >= needed
        || maxWaitNanos > 0 && nanoClock.getAsLong() - firstAt >= maxWaitNanos;
  }

  private Fold fold(BlockState state, List<Contribution> weighed, List<Contribution> all) {
    FloatVector statistics = statistics(weighed);
    OuterStep.Moved moved = moved(state.value(), weighed);
    Fold fold = new Fold(new BlockState(state.version() + 1, moved.value(), statistics), all);
    outer.keep(moved);
    return fold;
  }

  private OuterStep.Moved moved(FloatVector from, List<Contribution> round) {
    if (round.get(0).isCopy()) {
      return outer.replaced(round.get(0).values());
    }
    double total = round.stream().mapToDouble(one -> one.push().examples()).sum();
    double[] weights = round.stream().mapToDouble(one -> one.push().examples() / total).toArray();
    float[][] deltas = round.stream().map(one -> one.values().shared()).toArray(float[][]::new);
    return outer.moved(
        from,
        i -> {
          double mean = 0;
          for (int one = 0; one < weights.length; one++) {
            mean += weights[one] * deltas[one][i];
          }
          return mean;
        });
  }

  private FloatVector statistics(List<Contribution> round) {
    FloatVector first = round.get(0).push().statistics();
    if (round.size() == 1) {
      return first;
    }
    double[] pool = RunningStatistics.widened(first);
    double examples = 0;
    for (Contribution one : round) {
      examples += one.push().examples();
      running.fold(pool, one.push().statistics(), one.push().examples() / examples);
    }
    return RunningStatistics.narrowed(pool);
  }

  /**
   * The outer optimiser: what the mean difference {@code D} of a round does to the ledger's value
   * {@code g}. With {@code m <- mu m + D}: Nesterov {@code g <- g + eta (D + mu m)}, SGD {@code g
   * <- g + eta m}; without an optimiser {@code g <- g + D}. Used under the ledger's lock.
   */
  private static final class OuterStep {
    private final OuterOptimiser optimiser;
    private final double mu;
    private final double eta;
    private FloatVector m;

    /**
     * @param momentum where it starts; empty for zeros
     */
    OuterStep(AveragingOptions.Outer outer, FloatVector momentum) {
      this.optimiser = outer.optimiser();
      this.mu = outer.momentum();
      this.eta = outer.rate();
      this.m = momentum;
    }

    /** The momentum; empty before the first step, and without an optimiser. */
    FloatVector momentum() {
      return m;
    }

    /**
     * A moved value, and the momentum that goes with it.
     *
     * @param momentum empty without an optimiser
     */
    record Moved(FloatVector value, FloatVector momentum) {}

    /** The moved value. Changes nothing here until it is kept. */
    Moved moved(FloatVector from, IntToDoubleFunction mean) {
      float[] g = from.shared();
      float[] moved = new float[g.length];
      if (optimiser == OuterOptimiser.NONE) {
        for (int i = 0; i < g.length; i++) {
          moved[i] = (float) (g[i] + mean.applyAsDouble(i));
        }
        return new Moved(FloatVector.owning(moved), m);
      }
      float[] before = m.length() == 0 ? new float[g.length] : m.shared();
      float[] after = new float[g.length];
      for (int i = 0; i < g.length; i++) {
        double d = mean.applyAsDouble(i);
        double momentum = mu * before[i] + d;
        after[i] = (float) momentum;
        moved[i] = (float) (g[i] + eta * step(d, momentum));
      }
      return new Moved(FloatVector.owning(moved), FloatVector.owning(after));
    }

    /** A value that takes the ledger's place as it is. */
    Moved replaced(FloatVector value) {
      return new Moved(value, m);
    }

    /** The value is the ledger's from now on; the momentum moves along if it can be used. */
    void keep(Moved moved) {
      if (moved.value().isFinite()) {
        m = moved.momentum();
      }
    }

    private double step(double d, double momentum) {
      return optimiser == OuterOptimiser.NESTEROV ? d + mu * momentum : momentum;
    }
  }
}
