package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockShape;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.ledger.rule.FoldRule;
import io.blockwise.model.engine.TensorTable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The averaged state of one block: every push of every worker passes through here, and each is
 * counted at most once, whatever the transport repeats, delays or loses.
 *
 * <p>A lease opens with an attempt; only pushes of a worker's newest attempt count, in rising
 * numbers, until the lease ends. What an admitted push does to the value is the rule's business
 * ({@link AveragingOptions.Rule}).
 *
 * <p>Thread-safe: one lock, held while a push is folded; decoding is done outside it. States are
 * immutable, so that readers keep theirs.
 */
public final class BlockLedger {
  private final String run;
  private final int block;
  private final BlockShape shape;
  private final Roster roster;
  private final Periods periods;
  private final Verdicts verdicts;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition decision = lock.newCondition();

  /**
   * What the values of a block are. Immutable.
   *
   * @param parameters names the tensors of the value
   * @param statistics names means and variances of the running statistics
   */
  public record Tensors(TensorTable parameters, TensorTable statistics) {
    private void requireFit(int block, BlockState state) {
      if (parameters.lengthOfRest() != state.value().length()) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot keep block %d: its tensors have %d values, not %d (they are another"
                    + " block's)",
                block, parameters.lengthOfRest(), state.value().length()));
      }
    }
  }

  /**
   * A ledger without workers.
   *
   * @param run id of the run; messages of others do not count
   * @param block number of the block, from 1
   * @param tensors of the block
   * @param initial where workers start
   * @param nanoClock monotonic time in nanoseconds, such as {@code System::nanoTime}
   * @throws IllegalArgumentException if the statistics are not means and variances, or the value is
   *     not as long as its tensors
   */
  public BlockLedger(
      String run,
      int block,
      AveragingOptions options,
      Tensors tensors,
      BlockState initial,
      LongSupplier nanoClock) {
    this(run, block, options, tensors, initial, nanoClock, FoldListener.NONE);
  }

  /**
   * The same, with somebody who hears of what moves it.
   *
   * @param folds is called under the lock
   */
  public BlockLedger(
      String run,
      int block,
      AveragingOptions options,
      Tensors tensors,
      BlockState initial,
      LongSupplier nanoClock,
      FoldListener folds) {
    this.run = run;
    this.block = block;
    this.shape = BlockShape.of(initial);
    this.roster = new Roster();
    this.periods = new Periods(options);
    options.requireFitFor(tensors.parameters());
    tensors.requireFit(block, initial);
    FoldRule rule = FoldRule.of(options, tensors.parameters(), tensors.statistics(), nanoClock);
    this.verdicts = new Verdicts(options, rule, roster, initial, folds, decision);
  }

  private BlockLedger(BlockLedger fresh, LedgerMemento from) {
    this.run = fresh.run;
    this.block = fresh.block;
    this.shape = fresh.shape;
    this.periods = fresh.periods;
    this.roster = new Roster(from.workers());
    this.verdicts = fresh.verdicts.restored(from, roster, decision);
  }

  /** Number of the block, from 1. */
  public int block() {
    return block;
  }

  /** The newest state. */
  public BlockState state() {
    lock.lock();
    try {
      return verdicts.state();
    } finally {
      lock.unlock();
    }
  }

  /** What has become of the pushes so far. */
  public PushCounts counts() {
    lock.lock();
    try {
      return verdicts.counts();
    } finally {
      lock.unlock();
    }
  }

  /** By how much the next step is lengthened, at least 1; other than 1 only with a gain. */
  public double gain() {
    lock.lock();
    try {
      return verdicts.gain();
    } finally {
      lock.unlock();
    }
  }

  /** How many workers the averaging of this block counts on at the moment. */
  public int members() {
    lock.lock();
    try {
      return roster.count();
    } finally {
      lock.unlock();
    }
  }

  /** All that it knows, as if every lease ended now. Changes nothing here. */
  public LedgerMemento memento() {
    lock.lock();
    try {
      return verdicts.memento(block);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A ledger of this one's run, block and options that goes on where the memento was taken. No
   * lease is open in it, and none of before is admitted: new ones need greater numbers, and what
   * arrives late of the old ones is fenced. Changes nothing here.
   *
   * @throws IllegalArgumentException if the memento is of another block, of one with other lengths,
   *     or of another rule
   */
  public BlockLedger restored(LedgerMemento from) {
    from.requireFits(memento());
    return new BlockLedger(this, from);
  }

  /**
   * Counts on a worker although its lease has not been opened yet. In lock-step all workers of a
   * round of leases are announced before the first of them starts, so that none runs ahead. Ends
   * the worker's last lease if that is still open.
   */
  public void announce(int worker) {
    lock.lock();
    try {
      verdicts.withdraw(worker);
      roster.enter(worker).announce();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Opens a lease, or answers again if this attempt has it already. An older attempt is replaced.
   *
   * @return where to start; {@link Verdict#FENCED} if the attempt is not the newest
   */
  public Reply open(LeaseAttempt attempt) {
    lock.lock();
    try {
      if (!attempt.run().equals(run)) {
        return fenced();
      }
      WorkerSlot slot = roster.enter(attempt.worker());
      if (slot.admits(attempt)) {
        verdicts.withdraw(attempt.worker());
        slot.open(attempt);
      } else if (!slot.holds(attempt) || !slot.isOpen()) {
        return fenced();
      }
      return reply(slot, 0);
    } finally {
      lock.unlock();
    }
  }

  /** Ends a lease; whatever its holder sends from now on does not count. Ending twice is fine. */
  public void close(LeaseAttempt attempt) {
    lock.lock();
    try {
      roster.holder(attempt).filter(WorkerSlot::isOpen).ifPresent(slot -> end(attempt.worker()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a worker's lease for good, whoever holds it, because it was reported. No attempt at it, or
   * at an earlier one, is admitted any more.
   */
  public void retire(int worker, long lease) {
    lock.lock();
    try {
      roster.enter(worker).retire(lease);
      end(worker);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a worker's lease for good, as {@link #retire} does, because the worker is lost: nobody
   * waits for it, and until it opens another lease it is no member.
   */
  public void lose(int worker, long lease) {
    lock.lock();
    try {
      roster.enter(worker).leave();
      retire(worker, lease);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a push. Does not wait for other workers: the answer may not decide the push yet.
   *
   * @throws IllegalArgumentException if the push belongs to another specification, or is based on a
   *     version that does not exist
   */
  public Reply push(Push push) {
    shape.requireFits(push);
    FloatVector values = FloatVector.owning(push.values().decode());
    boolean finite = values.isFinite() && push.statistics().isFinite();
    lock.lock();
    try {
      Optional<WorkerSlot> holder = roster.holder(push.lease());
      verdicts.deliver(push, holder, values, finite);
      return holder
          .filter(slot -> slot.hasReceived(push.sequence()))
          .map(slot -> reply(slot, push.sequence()))
          .orElseGet(this::fenced);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Counts the delivery of a push that cannot count, without its values: it has arrived before, or
   * its lease has been replaced. A carrier knows that from a push's first bytes, and need not bring
   * the others.
   */
  public void countWithoutValues(LeaseAttempt lease, long sequence, Push.Kind kind) {
    lock.lock();
    try {
      verdicts.deliverWithoutValues(sequence, kind, roster.holder(lease));
    } finally {
      lock.unlock();
    }
  }

  /** The newest state, and the fate of a push. Does not wait. */
  public Reply fetch(Fetch fetch) {
    lock.lock();
    try {
      verdicts.foldWhatIsComplete();
      return answer(fetch);
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #fetch}, but waits until the push is decided, at most as long as stated. */
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      verdicts.foldWhatIsComplete();
      while (left > 0 && !answer(fetch).decides(fetch.sequence())) {
        // nobody but those who wait notices that a round is overdue
        long pause = Math.min(left, verdicts.nanosLeft());
        left -= pause - decision.awaitNanos(pause);
        verdicts.foldWhatIsComplete();
      }
      return answer(fetch);
    } finally {
      lock.unlock();
    }
  }

  private void end(int worker) {
    verdicts.withdraw(worker);
    roster.enter(worker).end();
    verdicts.foldWhatIsComplete();
  }

  private Reply answer(Fetch fetch) {
    return roster
        .holder(fetch.lease())
        .filter(slot -> slot.isOpen() || slot.hasDecided(fetch.sequence()))
        .map(slot -> reply(slot, fetch.sequence()))
        .orElseGet(this::fenced);
  }

  private Reply reply(WorkerSlot slot, long asked) {
    return slot.reply(block, asked, verdicts.state(), roster, periods.of(slot, roster));
  }

  private Reply fenced() {
    return Reply.fenced(block, roster.count(), verdicts.state().version());
  }
}
