package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.ledger.outer.OuterStep;
import io.blockwise.model.averaging.ledger.outer.WeightedChanges;
import java.util.List;
import java.util.Optional;

/**
 * Elastic averaging (Zhang, Choromanska, LeCun, 2015): a worker pushes a part of its distance from
 * the ledger, which goes as far towards it, {@code g <- g + d}, as the worker comes back. Workers
 * stay apart, and the ledger is in their middle. Used under the ledger's lock.
 */
final class ElasticRule implements FoldRule {
  private final RunningStatistics running;
  private Contribution waiting;

  ElasticRule(RunningStatistics running) {
    this.running = running;
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
  public List<Contribution> waiting() {
    return waiting == null ? List.of() : List.of(waiting);
  }

  @Override
  public Optional<Fold> next(BlockState state, Members members) {
    if (waiting == null) {
      return Optional.empty();
    }
    Contribution one = waiting;
    boolean whole = one.isCopy() || state.version() == 0;
    double weight = whole ? 1 : AveragingOptions.elasticPull(members.count());
    FloatVector statistics = running.pooled(state.statistics(), one.push().statistics(), weight);
    BlockState next = new BlockState(state.version() + 1, value(state.value(), one), statistics);
    waiting = null;
    return Optional.of(new Fold(next, List.of(one.weighing(weight))));
  }

  private static FloatVector value(FloatVector from, Contribution one) {
    return one.isCopy()
        ? one.values()
        : OuterStep.ADD.moved(from, FloatVector.EMPTY, WeightedChanges.of(one.values())).value();
  }

  @Override
  public RuleMemento memento() {
    return new RuleMemento.Elastic();
  }

  @Override
  public FoldRule restored(RuleMemento memento) {
    return new ElasticRule(running);
  }
}
