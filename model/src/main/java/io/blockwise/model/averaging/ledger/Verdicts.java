package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.ledger.PushCounts.Event;
import io.blockwise.model.averaging.ledger.rule.FoldRule;
import io.blockwise.model.averaging.ledger.rule.FoldRule.Contribution;
import io.blockwise.model.averaging.ledger.rule.FoldRule.Fold;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * What becomes of the pushes of a block: which of them the rule gets, the states that follow, the
 * verdict on each, and how many had which. Used under the ledger's lock.
 */
final class Verdicts {
  private final AveragingOptions options;
  private final FoldRule rule;
  private final Roster roster;
  private final FoldListener folds;
  private final Condition decision;
  private final PushCounts.Counter counter;
  private BlockState state;

  /**
   * @param decision is signalled whenever a push is decided, or never will be
   */
  Verdicts(
      AveragingOptions options,
      FoldRule rule,
      Roster roster,
      BlockState initial,
      FoldListener folds,
      Condition decision) {
    this.options = options;
    this.rule = rule;
    this.roster = roster;
    this.state = initial;
    this.folds = folds;
    this.decision = decision;
    this.counter = new PushCounts.Counter(PushCounts.NONE);
  }

  private Verdicts(Verdicts fresh, LedgerMemento from, Roster roster, Condition decision) {
    this.options = fresh.options;
    this.rule = fresh.rule.restored(from.rule());
    this.roster = roster;
    this.state = from.state();
    this.folds = fresh.folds;
    this.decision = decision;
    this.counter = new PushCounts.Counter(from.counts());
  }

  /** Those of a ledger with these workers that goes on where the memento was taken. */
  Verdicts restored(LedgerMemento from, Roster workers, Condition decided) {
    return new Verdicts(this, from, workers, decided);
  }

  /** All that it and the workers know, as if every lease ended now. */
  LedgerMemento memento(int block) {
    PushCounts.Counter ended = new PushCounts.Counter(counter.counts());
    rule.waiting().forEach(one -> ended.count(Event.FENCED, one.push().kind()));
    return new LedgerMemento(block, state, rule.memento(), roster.memento(), ended.counts());
  }

  /** The newest state. */
  BlockState state() {
    return state;
  }

  PushCounts counts() {
    return counter.counts();
  }

  double gain() {
    return rule.gain(roster);
  }

  /** Nanoseconds until {@link #foldWhatIsComplete} may fold what it does not now. */
  long nanosLeft() {
    return rule.nanosLeft();
  }

  /**
   * Takes a delivery: once per push, and of an open lease, it is admitted.
   *
   * @param holder of its lease, if that is the newest attempt
   * @param finite whether its values and statistics are
   */
  void deliver(Push push, Optional<WorkerSlot> holder, FloatVector values, boolean finite) {
    Optional<WorkerSlot> open = holder.filter(WorkerSlot::isOpen);
    if (open.isPresent()) {
      requireKnownBase(push);
    }
    counter.count(Event.RECEIVED, push.kind());
    if (isDuplicate(push.sequence(), holder)) {
      counter.count(Event.DUPLICATE, push.kind());
    } else if (open.isEmpty()) {
      counter.count(Event.FENCED, push.kind());
    } else {
      admit(push.withoutValues(), open.get(), values, finite);
      foldWhatIsComplete();
    }
  }

  /** Takes a delivery that is not admitted. */
  void deliverWithoutValues(long sequence, Push.Kind kind, Optional<WorkerSlot> holder) {
    counter.count(Event.RECEIVED, kind);
    counter.count(isDuplicate(sequence, holder) ? Event.DUPLICATE : Event.FENCED, kind);
  }

  private static boolean isDuplicate(long sequence, Optional<WorkerSlot> holder) {
    return holder.filter(slot -> slot.hasReceived(sequence)).isPresent();
  }

  private void requireKnownBase(Push push) {
    if (push.baseVersion() > state.version()) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot fold %s: based on version %d, the ledger is at %d (the worker has adopted"
                  + " another run's value)",
              push, push.baseVersion(), state.version()));
    }
  }

  private void admit(Push push, WorkerSlot slot, FloatVector values, boolean finite) {
    long versionsAgo = state.version() - push.baseVersion();
    slot.receive(push);
    double staleness = rule.staleness(versionsAgo, roster);
    if (push.kind() == Push.Kind.PASS) {
      takeTurn(Contribution.withoutWeight(push, staleness, Verdict.PASSED), slot);
    } else if (!finite) {
      takeTurn(Contribution.withoutWeight(push, staleness, Verdict.NON_FINITE), slot);
    } else if (push.kind() == Push.Kind.COPY && (versionsAgo > 0 || roster.count() > 1)) {
      counter.count(Event.COPY_REFUSED);
      decide(push, slot, Verdict.COPY_REFUSED);
    } else if (staleness > options.staleness().max()) {
      takeTurn(Contribution.withoutWeight(push, staleness, Verdict.DROPPED), slot);
    } else {
      rule.add(Contribution.of(push, staleness, values));
    }
  }

  // In lock-step a push without weight has its turn like any other, and the answer comes with the
  // round's: its sender would wait for the others at its next turn, while they wait for it at this.
  private void takeTurn(Contribution one, WorkerSlot slot) {
    if (options.lockStep()) {
      rule.add(one);
    } else {
      conclude(one.push(), one.staleness(), one.verdict(), slot);
    }
  }

  /**
   * Folds while the rule has enough. A settled last push ends its lease, which may complete the
   * round of those that remain.
   */
  void foldWhatIsComplete() {
    for (Optional<Fold> fold = rule.next(state, roster);
        fold.isPresent();
        fold = rule.next(state, roster)) {
      settle(fold.get());
    }
  }

  private void settle(Fold fold) {
    boolean finite = fold.isFinite();
    if (finite) {
      state = fold.state();
    }
    for (Contribution one : fold.contributions()) {
      Verdict verdict = finite || !one.hasWeight() ? one.verdict() : Verdict.NON_FINITE;
      conclude(one.push(), one.staleness(), verdict, roster.enter(one.worker()));
    }
    // last, so that a listener that fails leaves no push undecided
    for (Contribution one : fold.contributions()) {
      if (finite && one.hasWeight()) {
        folds.folded(one.push(), one.weight(), fold.gain(), state);
      }
    }
  }

  private void conclude(Push push, double staleness, Verdict verdict, WorkerSlot slot) {
    switch (verdict) {
      case FOLDED, COPIED -> accept(push, staleness, verdict, slot);
      case DROPPED -> drop(slot);
      case NON_FINITE -> refuse();
      case PASSED -> {}
      case NONE, COPY_REFUSED, FENCED -> throw new AssertionError("ends no turn: " + verdict);
    }
    decide(push, slot, verdict);
  }

  private void accept(Push push, double staleness, Verdict verdict, WorkerSlot slot) {
    counter.countAccepted(staleness);
    roster.accepted(push.lease().worker());
    if (verdict == Verdict.COPIED) {
      slot.copied(state.version());
    }
  }

  private void refuse() {
    counter.count(Event.NON_FINITE);
    rule.notFinite();
  }

  private void drop(WorkerSlot slot) {
    counter.count(Event.DROPPED);
    if (slot.countDrop()) {
      counter.count(Event.PERIOD_HALVED);
    }
  }

  private void decide(Push push, WorkerSlot slot, Verdict verdict) {
    slot.decide(push, verdict);
    if (push.last() && verdict.settles()) {
      slot.end();
    }
    decision.signalAll();
  }

  /** A lease that ends takes what waits for its round with it; its holder may be waiting, too. */
  void withdraw(int worker) {
    rule.withdraw(worker).ifPresent(one -> counter.count(Event.FENCED, one.push().kind()));
    decision.signalAll();
  }
}
