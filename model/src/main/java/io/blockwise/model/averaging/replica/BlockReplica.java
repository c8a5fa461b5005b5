package io.blockwise.model.averaging.replica;

import static io.blockwise.model.engine.StateKind.STATISTICS;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One worker's copy of one block, and its side of the averaging: pushes when the period is over,
 * adopts the ledger's value once its push is settled, and trains on in between.
 *
 * <p>One push is in flight at most. Only in lock-step does it wait for other workers, at most as
 * long as its patience. Used by the block's thread.
 */
public final class BlockReplica {
  private final Block block;
  private final int number;
  private final ParameterExchange exchange;
  private final AveragingOptions options;
  private final int blocks;
  private final Duration patience;
  private final LongSupplier nanoClock;
  private final StepClock steps;
  private final LocalValue value;

  private LeaseAttempt lease;
  private InFlightPush inFlight;
  private long sequence;
  private long batch;
  private boolean due;
  private long lastDue;
  private long unpushed;
  private int members;
  private boolean aloneFromTheStart;
  private int period;
  private long roundTripNanos;
  private long ownExamples;
  private long otherExamples;

  private long sent;

  /**
   * @param number of the block, from 1
   * @param blocks of the network: the first push of a lease comes {@code (number - 1) / blocks} of
   *     a period early, so that the pushes of different blocks are spread
   * @param patience longest wait for a push to be settled
   * @param nanoClock monotonic time in nanoseconds, by which steps and round trips are measured
   */
  BlockReplica(
      Block block,
      int number,
      ParameterExchange exchange,
      AveragingOptions options,
      int blocks,
      Duration patience,
      LongSupplier nanoClock) {
    this.block = block;
    this.number = number;
    this.exchange = exchange;
    this.options = options;
    this.blocks = blocks;
    this.period = options.period();
    this.patience = patience;
    this.nanoClock = nanoClock;
    this.steps = new StepClock(nanoClock);
    this.value = LocalValue.of(options.rule(), block);
  }

  /**
   * Counts a batch that the block has trained on, and does what is due: adopts a settled value,
   * sends a push.
   *
   * @param examples of the batch, at least 1
   * @throws LeaseReplacedException if somebody else has the lease now
   * @throws NotSettledException in lock-step, if the other workers do not come
   */
  public void afterStep(int examples) throws InterruptedException {
    unpushed += examples;
    ownExamples += examples;
    endBatch();
  }

  /**
   * Counts a batch that the block did not take, because it or an earlier block was not finite, and
   * does what is due: rounds of lock-step belong to batch numbers, and the others wait for this
   * worker's turn whatever it has met.
   *
   * @throws LeaseReplacedException if somebody else has the lease now
   * @throws NotSettledException in lock-step, if the other workers do not come
   */
  public void afterSkippedBatch() throws InterruptedException {
    endBatch();
  }

  private void endBatch() throws InterruptedException {
    batch++;
    steps.batchEnded();
    settleIfDecided();
    noteWhetherDue();
    if (due && inFlight == null) {
      due = false;
      push();
    }
  }

  // Another period is another grid of batches, whose next one may be near. Half a period apart,
  // pushes become no more by that. While the period stays the same, it is always kept.
  private void noteWhetherDue() {
    int phase = (int) ((long) period * (number - 1) / blocks);
    if ((batch + phase) % period == 0 && 2 * (batch - lastDue) >= period) {
      due = true;
      lastDue = batch;
    }
  }

  private void push() throws InterruptedException {
    if (options.lockStep()) {
      takeTurn();
      awaitSettled();
    } else if (unpushed > 0) {
      send(kind(), false);
      settleIfDecided();
    }
  }

  private void takeTurn() {
    if (unpushed > 0) {
      send(kind(), false);
    } else {
      sequence++;
      Push pass = Push.pass(lease, number, sequence, value.version());
      inFlight = new InFlightPush(exchange, pass, patience, nanoClock);
    }
  }

  /**
   * Forgets what this block has learned since it last adopted a value, because it is not finite:
   * what is averaged from the ledger, what is the worker's own begins at zero.
   */
  public void resetFromLedger() throws InterruptedException {
    if (inFlight != null) {
      // its fate does not matter to a block that starts anew, only that it cannot change any more
      noteStanding(inFlight.await());
      endFlight();
    }
    Reply newest = exchange.await(new Fetch(lease, number, 0), patience);
    noteStanding(newest);
    startFrom(newest.state());
    unpushed = 0;
  }

  /** Batches of the lease so far, taken or skipped. */
  public long batches() {
    return batch;
  }

  /** Workers that the averaging counts on, this one among them, as far as this one has heard. */
  public int members() {
    return members;
  }

  /** Examples that count for schedules: this worker's own, and the others' settled ones. */
  public long progressExamples() {
    return ownExamples + otherExamples;
  }

  /** Pushes sent, repeated ones included. */
  public long sent() {
    return sent + (inFlight == null ? 0 : pushesSent());
  }

  /** What it has of the block's table. */
  KnownTable known() {
    return value.known();
  }

  /** Version of the value that was last adopted. */
  public long version() {
    return value.version();
  }

  /**
   * Begins a lease without a past: everything from the ledger.
   *
   * @param opening the answer of this block's ledger to the attempt
   * @throws LeaseReplacedException if there is a newer attempt at the lease
   */
  public void start(LeaseAttempt attempt, Reply opening) {
    begin(attempt, opening);
    startFrom(opening.state());
  }

  /**
   * Begins the lease that follows this replica's last one: keeps what was not sent.
   *
   * @param opening the answer of this block's ledger to the attempt
   * @throws LeaseReplacedException if there is a newer attempt at the lease
   */
  public void resume(LeaseAttempt attempt, Reply opening) {
    begin(attempt, opening);
    value.resume(opening.state());
  }

  /** What its ledger does not know. Asked for between leases, when all is settled. */
  ReplicaMemento memento() {
    return new ReplicaMemento(ownExamples, value.memento(), ReplicaMemento.ownOf(block));
  }

  /**
   * Goes on, at the beginning of a lease, with what another replica has kept.
   *
   * @param newest the ledger's state, from which this replica has started
   */
  void restore(ReplicaMemento memento, BlockState newest) {
    value.restore(memento.value(), newest);
    memento.own().forEach((kind, values) -> block.adopt(kind, values.shared()));
    ownExamples = Math.max(ownExamples, memento.examples());
  }

  /** Sends what is left as the lease's last push; ends the lease if nothing is. */
  public void sendRemainder() throws InterruptedException {
    awaitSettled();
    if (unpushed > 0) {
      send(kind(), true);
    } else {
      exchange.close(lease, number);
    }
  }

  /**
   * Waits until nothing is in flight, and adopts what came of it.
   *
   * @throws NotSettledException if that takes longer than the patience
   */
  public void awaitSettled() throws InterruptedException {
    while (inFlight != null) {
      settle(inFlight.await());
    }
  }

  private void begin(LeaseAttempt attempt, Reply opening) {
    lease = attempt;
    batch = 0;
    noteStanding(opening);
    aloneFromTheStart = members == 1;
    inFlight = null;
    sequence = 0;
    unpushed = 0;
    due = false;
    lastDue = -period;
    steps.begin();
    ownExamples = Math.max(ownExamples, opening.ownExamples());
  }

  private void startFrom(BlockState state) {
    value.start(state);
    beginOwn();
  }

  /** Brings what is not averaged to its beginning. */
  void beginOwn() {
    StateKind.beginOwn(block);
  }

  private Push.Kind kind() {
    // When the answer comes that says the others have left depends on who is faster. Copies and
    // differences round differently, and lock-step shall give the same bits each time.
    boolean alone = options.lockStep() ? aloneFromTheStart : members == 1;
    return alone && options.copies() ? Push.Kind.COPY : Push.Kind.DELTA;
  }

  private void send(Push.Kind kind, boolean last) {
    Payload values = kind == Push.Kind.COPY ? value.copy() : value.delta(options.codec(), members);
    float[] statistics = new float[block.length(STATISTICS)];
    block.read(STATISTICS, statistics);
    sequence++;
    Push push =
        new Push(
            lease,
            number,
            sequence,
            value.version(),
            unpushed,
            kind,
            last,
            values,
            FloatVector.owning(statistics),
            new Push.Timing(steps.lap(), period, roundTripNanos),
            value.rows());
    inFlight = new InFlightPush(exchange, push, patience, nanoClock);
    unpushed = 0;
  }

  private void settleIfDecided() throws InterruptedException {
    Optional<Reply> reply = inFlight == null ? Optional.empty() : inFlight.poll();
    if (reply.isPresent()) {
      settle(reply.get());
    }
  }

  private void settle(Reply reply) throws InterruptedException {
    noteStanding(reply);
    if (!reply.decides(sequence)) {
      return;
    }
    Push push = endFlight();
    switch (reply.verdict()) {
      case FOLDED -> value.adopt(reply.state(), options.anticipated(members));
      case DROPPED -> value.adopt(reply.state());
      case COPIED -> settleCopy(reply);
      case PASSED -> value.resume(reply.state());
      case COPY_REFUSED -> sendDifferenceInstead(push);
      case NON_FINITE -> resetFromLedger();
      case NONE, FENCED -> throw new AssertionError("decides nothing: " + reply.verdict());
    }
  }

  private void settleCopy(Reply reply) {
    if (reply.yours()) {
      value.keep(reply.state().version());
    } else {
      value.adopt(reply.state()); // others have moved it since
    }
  }

  private void sendDifferenceInstead(Push refused) {
    unpushed += refused.examples();
    send(Push.Kind.DELTA, refused.last());
  }

  private Push endFlight() {
    Push push = inFlight.push();
    sent += pushesSent();
    roundTripNanos = inFlight.roundTripNanos();
    inFlight = null;
    return push;
  }

  private long pushesSent() {
    return inFlight.push().kind() == Push.Kind.PASS ? 0 : inFlight.sent();
  }

  private void noteStanding(Reply reply) {
    exchange.noted(lease, batch, reply);
    if (reply.verdict() == Verdict.FENCED) {
      throw new LeaseReplacedException(lease, number);
    }
    members = reply.members();
    otherExamples = reply.otherExamples();
    period = reply.period();
  }
}
