package io.blockwise.model.averaging;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
  public RuleMemento memento() {
    return new RuleMemento.Momentum(options.outer().optimiser(), outer.momentum());
  }

  @Override
  public FoldRule restored(RuleMemento memento) {
    RuleMemento.Momentum saved = (RuleMemento.Momentum) memento;
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
}
