package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.ledger.outer.OuterStep;
import io.blockwise.model.averaging.ledger.outer.WeightedChanges;
import io.blockwise.model.averaging.table.RowChanges;
import io.blockwise.model.averaging.table.RowTable;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Folds in rounds: the mean of several workers' differences, weighted by their examples, makes an
 * {@link OuterStep}. With a round of all workers that have a lease this is synchronous averaging,
 * exact because it is added up in worker order and in double precision. Used under the ledger's
 * lock.
 */
final class QuorumRule implements FoldRule {
  private final AveragingOptions options;
  private final RunningStatistics running;
  private final OuterStep outer;
  private final LongSupplier nanoClock;
  private final RoundWait wait;
  private final SortedMap<Integer, Contribution> round = new TreeMap<>();
  private FloatVector momentum;

  /**
   * @param outer what a round's mean difference does to the value
   */
  QuorumRule(
      AveragingOptions options,
      RunningStatistics running,
      OuterStep outer,
      LongSupplier nanoClock) {
    this(options, running, outer, nanoClock, FloatVector.EMPTY, new PastRounds(List.of()));
  }

  private QuorumRule(
      AveragingOptions options,
      RunningStatistics running,
      OuterStep outer,
      LongSupplier nanoClock,
      FloatVector momentum,
      PastRounds past) {
    this.options = options;
    this.running = running;
    this.outer = outer;
    this.nanoClock = nanoClock;
    this.momentum = momentum;
    this.wait = new RoundWait(options.quorum(), nanoClock, past);
  }

  @Override
  public double staleness(long versionsAgo, Members members) {
    return versionsAgo;
  }

  @Override
  public void add(Contribution contribution) {
    wait.join(contribution.worker(), contribution.push().timing());
    round.put(contribution.worker(), contribution);
  }

  @Override
  public Optional<Contribution> withdraw(int worker) {
    wait.leave(worker);
    return Optional.ofNullable(round.remove(worker));
  }

  @Override
  public Optional<Fold> next(BlockState state, Members members) {
    int needed = needed(members.leases());
    if (round.isEmpty() || round.size() < needed && wait.nanosLeft() > 0) {
      return Optional.empty();
    }
    List<Contribution> inWorkerOrder = waiting();
    List<Contribution> weighed = inWorkerOrder.stream().filter(Contribution::hasWeight).toList();
    Fold fold =
        weighed.isEmpty() ? new Fold(state, inWorkerOrder) : fold(state, weighed, inWorkerOrder);
    wait.end(needed);
    round.clear();
    return Optional.of(fold);
  }

  @Override
  public List<Contribution> waiting() {
    return List.copyOf(round.values());
  }

  @Override
  public long nanosLeft() {
    return wait.nanosLeft();
  }

  @Override
  public RuleMemento memento() {
    return new RuleMemento.Momentum(
        options.outer().optimiser(), momentum, wait.past().newestFirst());
  }

  @Override
  public FoldRule restored(RuleMemento memento) {
    RuleMemento.Momentum saved = (RuleMemento.Momentum) memento;
    PastRounds past = new PastRounds(saved.roundNanos());
    return new QuorumRule(options, running, outer, nanoClock, saved.values(), past);
  }

  private int needed(int leases) {
    int size = options.quorum().size();
    return size == 0 ? leases : Math.min(size, leases);
  }

  private Fold fold(BlockState state, List<Contribution> weighed, List<Contribution> all) {
    FloatVector statistics = statistics(weighed);
    OuterStep.Moved moved = moved(state, weighed);
    double examples = weighed.stream().mapToDouble(one -> one.push().examples()).sum();
    RowTable table = moved(state.table(), state.version() + 1, weighed, examples);
    BlockState next = new BlockState(state.version() + 1, moved.value(), statistics, table);
    List<Contribution> shares =
        all.stream()
            .map(one -> one.hasWeight() ? one.weighing(one.push().examples() / examples) : one)
            .toList();
    Fold fold = new Fold(next, shares);
    if (fold.isFinite()) {
      momentum = moved.momentum();
    }
    return fold;
  }

  private static RowTable moved(
      RowTable from, long version, List<Contribution> round, double examples) {
    return round.get(0).isCopy()
        ? round.get(0).copied(version, from)
        : RowChanges.addMean(
            from,
            version,
            round.stream()
                .map(one -> one.rowChanges(from, one.push().examples() / examples))
                .toList());
  }

  private OuterStep.Moved moved(BlockState state, List<Contribution> round) {
    FloatVector from = state.value();
    if (round.get(0).isCopy()) {
      // whoever is alone is not averaged; what others have moved before it is over
      return new OuterStep.Moved(round.get(0).others(state.table()), FloatVector.EMPTY);
    }
    WeightedChanges changes =
        WeightedChanges.of(
            round.stream().map(Contribution::values).toList(),
            round.stream().mapToLong(one -> one.push().examples()).toArray());
    return outer.moved(from, momentum, changes);
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
