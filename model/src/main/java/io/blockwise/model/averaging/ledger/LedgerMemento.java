package io.blockwise.model.averaging.ledger;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * All that a {@link BlockLedger} knows at one moment, and that outlives its leases: a ledger that
 * {@linkplain BlockLedger#restored goes on from it} does with the same pushes what the ledger it
 * was taken of would do if all leases had ended at that moment.
 *
 * <p>Leases are no part of it. Those that were open are retired: their workers open new ones, with
 * greater numbers. Their pushes that waited for a round are among the fenced of {@code counts}, as
 * those of any lease that ends.
 *
 * <p>Vectors are shared with the ledger, not copied. Immutable.
 *
 * @param block number of the block, at least 1
 * @param state the newest
 * @param rule what the rule knows beside it
 * @param workers all that were ever heard of, by their numbers
 * @param counts what has become of the pushes
 */
public record LedgerMemento(
    int block, BlockState state, Rule rule, List<Worker> workers, PushCounts counts)
    implements Serializable {
  public LedgerMemento {
    requireAtLeast("block", block, 1);
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(counts, "counts");
    workers = List.copyOf(workers);
  }

  /** Refuses to go on as another block, or as one of other lengths or another rule. */
  void requireFits(int otherBlock, BlockState other, Rule otherRule) {
    requireSame("block", block, otherBlock);
    requireSame("parameters", state.value().length(), other.value().length());
    requireSame("statistics", state.statistics().length(), other.statistics().length());
    if (!rule.of().equals(otherRule.of())) {
      throw refusal("saved with " + rule.of() + ", not " + otherRule.of());
    }
    if (rule instanceof Rule.Momentum momentum && momentum.values().length() > 0) {
      requireSame("values of momentum", momentum.values().length(), other.value().length());
    }
    if (rule instanceof Rule.NormWindow gain && gain.norm().sum().length() > 0) {
      requireSame("values of the gain", gain.norm().sum().length(), other.value().length());
    }
    if (rule instanceof Rule.DelayedWindow saved) {
      for (FloatVector vector : List.of(saved.delayed().from(), saved.delayed().momentum())) {
        if (vector.length() > 0) {
          requireSame("values of momentum", vector.length(), other.value().length());
        }
      }
    }
  }

  private void requireSame(String what, int saved, int other) {
    if (saved != other) {
      throw refusal(what + " " + saved + ", not " + other);
    }
  }

  private IllegalArgumentException refusal(String fact) {
    return new IllegalArgumentException(
        "Cannot restore the ledger of block "
            + block
            + ": "
            + fact
            + " (it was saved by a run of another network or other averaging)");
  }

  /**
   * What a ledger knows of a worker between two leases. Immutable.
   *
   * @param worker slot of the worker, at least 0
   * @param retired greatest number of a lease that it has opened or that was retired: its next one
   *     has a greater number; {@link Long#MIN_VALUE} if there was none
   * @param settledExamples over the whole run, at least 0
   */
  public record Worker(
      int worker, Membership membership, long retired, long settledExamples, Pace pace)
      implements Serializable {
    public Worker {
      requireAtLeast("worker", worker, 0);
      Objects.requireNonNull(membership, "membership");
      Objects.requireNonNull(pace, "pace");
    }

    /**
     * Whether the averaging counts on it.
     *
     * @param acceptedSinceEnd pushes of others that have been accepted since its last lease ended
     * @param changes times that it has become a member, or ceased to be one
     */
    public record Membership(boolean member, long acceptedSinceEnd, long changes)
        implements Serializable {}

    /**
     * What its period follows from.
     *
     * @param dropsInARow since the last accepted push, or since the period was halved
     * @param periodDivisor by which its period is divided, at least 1
     * @param stepNanos time of a batch; 0 if not known
     */
    public record Pace(int dropsInARow, int periodDivisor, long stepNanos) implements Serializable {
      public Pace {
        requireAtLeast("drops in a row", dropsInARow, 0);
        requireAtLeast("period divisor", periodDivisor, 1);
      }
    }
  }

  /** What a rule knows beside the block's state. Immutable. */
  public sealed interface Rule extends Serializable {
    /** The rule that it belongs to, in words. Only a rule with the same words can go on from it. */
    String of();

    /**
     * Of rule {@code average}.
     *
     * @param newestFirst the accepted pushes from which shares follow
     */
    record Window(List<Accepted> newestFirst) implements Rule {
      public Window {
        newestFirst = List.copyOf(newestFirst);
      }

      @Override
      public String of() {
        return "rule average";
      }
    }

    /** Of rule {@code average} with a gain that keeps the norm. */
    record NormWindow(Window window, Norm norm) implements Rule {
      public NormWindow {
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(norm, "norm");
      }

      @Override
      public String of() {
        return window.of() + " with gain norm";
      }
    }

    /** Of rule {@code average} with delayed momentum. */
    record DelayedWindow(Window window, Delayed delayed) implements Rule {
      public DelayedWindow {
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(delayed, "delayed");
      }

      @Override
      public String of() {
        return window.of() + " with outer optimiser delayed";
      }
    }

    /** Of rule {@code elastic}, which knows the state alone. */
    record Elastic() implements Rule {
      @Override
      public String of() {
        return "rule elastic";
      }
    }

    /**
     * Of rule {@code quorum}.
     *
     * @param optimiser whose momentum it is
     * @param values one per parameter; empty without an optimiser, or before its first step
     * @param roundNanos how long the latest rounds took, the newest first
     */
    record Momentum(OuterOptimiser optimiser, FloatVector values, List<Long> roundNanos)
        implements Rule {
      public Momentum {
        roundNanos = List.copyOf(roundNanos);
        Objects.requireNonNull(optimiser, "optimiser");
        Objects.requireNonNull(values, "values");
      }

      @Override
      public String of() {
        return "rule quorum with outer optimiser " + Names.of(optimiser);
      }
    }
  }

  /**
   * The gain that keeps the norm, and the round from which its next one follows. Immutable.
   *
   * @param gain at least 1
   * @param changesOfMembers that it has heard of
   * @param norms of the round's differences, each times its share, summed up
   * @param sum of the differences, each times its share; empty before the first
   */
  public record Norm(double gain, long changesOfMembers, Round round, double norms, Doubles sum)
      implements Serializable {
    public Norm {
      Objects.requireNonNull(round, "round");
      Objects.requireNonNull(sum, "sum");
    }
  }

  /**
   * Momentum that is added once a round, and the round at the end of which it will be. Immutable.
   *
   * @param from the ledger's value at the beginning of the round; empty if that is the next push
   * @param momentum empty for zeros
   */
  public record Delayed(Round round, FloatVector from, FloatVector momentum)
      implements Serializable {
    public Delayed {
      Objects.requireNonNull(round, "round");
      Objects.requireNonNull(from, "from");
      Objects.requireNonNull(momentum, "momentum");
    }
  }

  /** Doubles that never change. Equal by content (bit by bit). Immutable. */
  public static final class Doubles implements Serializable {
    private static final long serialVersionUID = 1;

    private final double[] values;

    private Doubles(double[] values) {
      this.values = values;
    }

    /** A vector with a copy of {@code values}. */
    public static Doubles copyOf(double[] values) {
      return new Doubles(values.clone());
    }

    /** How many values. */
    public int length() {
      return values.length;
    }

    /** A copy of the values. */
    public double[] toArray() {
      return values.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Doubles vector && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    /** Names the length only. */
    @Override
    public String toString() {
      return values.length + " doubles";
    }
  }

  /** An accepted push of the window: who sent it, and how many examples it had. */
  public record Accepted(int worker, long examples) implements Serializable {
    public Accepted {
      requireAtLeast("worker", worker, 0);
    }
  }
}
