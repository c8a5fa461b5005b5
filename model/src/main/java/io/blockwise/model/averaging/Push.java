package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.table.RowNumbers;
import java.util.Objects;

/**
 * What a worker has learned about one block since its last push. A push that is repeated is the
 * same object: same number, same bytes. Immutable.
 *
 * <p>Always true: {@code block} and {@code sequence} are at least 1, {@code baseVersion} at least
 * 0, {@code examples} at least 1; a {@link Kind#PASS} has no examples, values and statistics.
 *
 * @param sequence number of the push, growing within one attempt and block
 * @param baseVersion version of the ledger's value that the worker last adopted
 * @param examples trained since the last push
 * @param last whether no other push of this lease and block follows; the lease ends, for this
 *     block, when this push is settled
 * @param values a difference from the base, or the value itself, as {@code kind} says; of a table
 *     only the rows that {@code rows} names, behind all other values
 * @param statistics running statistics of the replica, as values
 * @param timing of the worker, as it has measured itself
 * @param rows of the block's table that have changed; none if it has no table
 */
public record Push(
    LeaseAttempt lease,
    int block,
    long sequence,
    long baseVersion,
    long examples,
    Kind kind,
    boolean last,
    Payload values,
    FloatVector statistics,
    Timing timing,
    RowNumbers rows) {
  /**
   * How fast a worker is, by its own clock. Immutable.
   *
   * @param stepNanos mean time from the end of one of its batches to the end of the next, since its
   *     last push, waiting for data included; 0 if it does not know
   * @param period batches from this push to the next one
   * @param roundTripNanos time that its last push took to the ledger and the answer back, without
   *     the time it waited there; 0 if it does not know
   */
  public record Timing(long stepNanos, int period, long roundTripNanos) {
    /** Of nothing that was measured. */
    public static final Timing UNKNOWN = new Timing(0, 1, 0);

    public Timing {
      requireNotBelow("step time", stepNanos, 0);
      requireAtLeast("period", period, 1);
      requireNotBelow("round trip", roundTripNanos, 0);
    }

    /**
     * Nanoseconds that a push can stay undecided without holding up the next one: {@code max(0, H *
     * step time - round trip)}, at least 0; 0 if the step time is not known.
     */
    public double slackNanos() {
      return Math.max(0, (double) period * stepNanos - roundTripNanos);
    }
  }

  /** What {@link #values} are. */
  public enum Kind {
    /** The difference from the value that was last adopted. */
    DELTA,
    /** The whole value, to be taken if nothing has changed since {@link #baseVersion}. */
    COPY,
    /** Nothing: the sender's turn in a round of lock-step, so that nobody waits for it. */
    PASS
  }

  public Push {
    Objects.requireNonNull(lease, "lease");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(statistics, "statistics");
    Objects.requireNonNull(timing, "timing");
    Objects.requireNonNull(rows, "rows");
    requireAtLeast("block", block, 1);
    requireNotBelow("sequence", sequence, 1);
    requireNotBelow("base version", baseVersion, 0);
    requireContent(kind, examples, values, statistics);
    if (kind == Kind.COPY && values.codec() != Codec.FP32) {
      throw invalid("codec of a copy", values.codec(), "must be FP32");
    }
  }

  /** A push of a block without a table, of a worker that has not measured itself. */
  public Push(
      LeaseAttempt lease,
      int block,
      long sequence,
      long baseVersion,
      long examples,
      Kind kind,
      boolean last,
      Payload values,
      FloatVector statistics) {
    this(
        lease,
        block,
        sequence,
        baseVersion,
        examples,
        kind,
        last,
        values,
        statistics,
        Timing.UNKNOWN,
        RowNumbers.NONE);
  }

  /** A worker's turn without anything learned since its last one. */
  public static Push pass(LeaseAttempt lease, int block, long sequence, long baseVersion) {
    return new Push(
        lease, block, sequence, baseVersion, 0, Kind.PASS, false, Payload.EMPTY, FloatVector.EMPTY);
  }

  /** The same of a worker that has measured other times. */
  public Push timed(Timing other) {
    return new Push(
        lease, block, sequence, baseVersion, examples, kind, last, values, statistics, other, rows);
  }

  /** The same without the bytes of its values, for whoever has read them. */
  public Push withoutValues() {
    return new Push(
        lease,
        block,
        sequence,
        baseVersion,
        examples,
        kind,
        last,
        Payload.EMPTY,
        statistics,
        timing,
        rows);
  }

  private static void requireContent(
      Kind kind, long examples, Payload values, FloatVector statistics) {
    if (kind != Kind.PASS) {
      requireNotBelow("examples", examples, 1);
    } else if (examples != 0 || values.length() + statistics.length() > 0) {
      throw invalid("examples of a pass", examples, "must be 0, without values and statistics");
    }
  }

  private static void requireNotBelow(String what, long value, long least) {
    if (value < least) {
      throw invalid(what, value, "must be at least " + least);
    }
  }

  @Override
  public String toString() {
    return "push " + sequence + " of block " + block + " (" + lease + ")";
  }
}
