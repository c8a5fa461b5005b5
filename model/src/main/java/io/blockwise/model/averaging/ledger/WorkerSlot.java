package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;

/** What a ledger knows of one worker. Used under the ledger's lock. */
final class WorkerSlot {
  // Fewer can be bad luck, such as one pause; a worker that is too slow is so every time.
  private static final int ALWAYS_DROPPED = 3;
  private static final int LARGEST_DIVISOR = 1 << 16;

  private enum Lease {
    NONE,
    ANNOUNCED,
    OPEN
  }

  private Lease lease = Lease.NONE;
  private boolean member;
  private long membershipChanges;
  private long acceptedSinceEnd;
  private LeaseAttempt newest;
  private long retired = Long.MIN_VALUE;
  private long received;
  private long decided;
  private Verdict verdict = Verdict.NONE;
  private long copyVersion;
  private long settledExamples;
  private int dropsInARow;
  private int periodDivisor = 1;
  private long stepNanos;

  WorkerSlot() {}

  /** A worker without a lease. */
  WorkerSlot(LedgerMemento.Worker from) {
    this.member = from.membership().member();
    this.acceptedSinceEnd = from.membership().acceptedSinceEnd();
    this.membershipChanges = from.membership().changes();
    this.retired = from.retired();
    this.settledExamples = from.settledExamples();
    this.dropsInARow = from.pace().dropsInARow();
    this.periodDivisor = from.pace().periodDivisor();
    this.stepNanos = from.pace().stepNanos();
  }

  /** What remains if its lease, should it have one, ends now and for good. */
  LedgerMemento.Worker memento(int worker) {
    return new LedgerMemento.Worker(
        worker,
        new LedgerMemento.Worker.Membership(
            member, isLeased() ? 0 : acceptedSinceEnd, membershipChanges),
        newest == null ? retired : Math.max(retired, newest.lease()),
        settledExamples,
        new LedgerMemento.Worker.Pace(dropsInARow, periodDivisor, stepNanos));
  }

  /** Whether it has a lease, or is about to. */
  boolean isLeased() {
    return lease != Lease.NONE;
  }

  boolean isMember() {
    return member;
  }

  /** How often it has become a member, or ceased to be one. */
  long membershipChanges() {
    return membershipChanges;
  }

  private void count(boolean asMember) {
    membershipChanges += member == asMember ? 0 : 1;
    member = asMember;
  }

  boolean isOpen() {
    return lease == Lease.OPEN;
  }

  /** Whether this is the newest attempt known, be its lease open or not. */
  boolean holds(LeaseAttempt attempt) {
    return attempt.equals(newest);
  }

  /** Whether this attempt may open a lease. */
  boolean admits(LeaseAttempt attempt) {
    return attempt.lease() > retired && (newest == null || attempt.isNewerThan(newest));
  }

  void announce() {
    lease = Lease.ANNOUNCED;
    count(true);
  }

  void open(LeaseAttempt attempt) {
    lease = Lease.OPEN;
    count(true);
    newest = attempt;
    received = 0;
    decided = 0;
    verdict = Verdict.NONE;
  }

  void end() {
    lease = Lease.NONE;
    acceptedSinceEnd = 0;
  }

  /** It is lost, and not counted on any more. */
  void leave() {
    count(false);
  }

  /** Notes an accepted push of another worker; without a lease it leaves after {@code most}. */
  void othersPushWasAccepted(int most) {
    acceptedSinceEnd++;
    count(member && (isLeased() || acceptedSinceEnd < most));
  }

  /** No attempt at this lease, or at an earlier one, is admitted any more. */
  void retire(long number) {
    retired = Math.max(retired, number);
  }

  boolean hasReceived(long sequence) {
    return sequence <= received;
  }

  void receive(Push push) {
    received = push.sequence();
    long latest = push.timing().stepNanos();
    if (latest > 0) {
      // one push that something held up is not the worker's speed
      stepNanos = stepNanos == 0 ? latest : stepNanos / 2 + latest / 2;
    }
  }

  /** Time of a batch, of which each push counts half as much as the next; 0 if not known. */
  long stepNanos() {
    return stepNanos;
  }

  /** By which its period is divided since all it sent was dropped, at least 1. */
  int periodDivisor() {
    return periodDivisor;
  }

  void decide(Push push, Verdict about) {
    decided = push.sequence();
    verdict = about;
    if (about.settles()) {
      settledExamples += push.examples();
    }
    if (about == Verdict.FOLDED || about == Verdict.COPIED) {
      dropsInARow = 0;
    }
  }

  /** Notes the version that a copy of this worker has become. */
  void copied(long version) {
    copyVersion = version;
  }

  /** Notes a drop; true if the worker's period is halved for it. */
  boolean countDrop() {
    dropsInARow++;
    if (dropsInARow < ALWAYS_DROPPED || periodDivisor == LARGEST_DIVISOR) {
      return false;
    }
    dropsInARow = 0;
    periodDivisor *= 2;
    return true;
  }

  long settledExamples() {
    return settledExamples;
  }

  boolean hasDecided(long sequence) {
    return decided >= sequence;
  }

  /**
   * The answer to a question about the push with this number (0: about none).
   *
   * @param period of the worker from now on
   */
  Reply reply(int block, long asked, BlockState state, Roster roster, int period) {
    boolean yours =
        asked > 0
            && asked == decided
            && verdict == Verdict.COPIED
            && copyVersion == state.version();
    boolean adoptable = asked == 0 || hasDecided(asked) && verdict.settles() && !yours;
    Reply.Standing standing =
        Reply.Standing.NONE
            .withMembers(roster.count())
            .withOwnExamples(settledExamples)
            .withOtherExamples(roster.settledExamples() - settledExamples)
            .withPeriod(period);
    Reply reply = new Reply(block, decided, verdict, yours, standing, state);
    return adoptable ? reply : reply.withoutState();
  }
}
