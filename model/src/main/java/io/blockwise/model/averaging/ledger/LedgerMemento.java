package io.blockwise.model.averaging.ledger;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.ledger.rule.RuleMemento;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.TableShape;
import java.io.Serializable;
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
    int block, BlockState state, RuleMemento rule, List<Worker> workers, PushCounts counts)
    implements Serializable {
  public LedgerMemento {
    requireAtLeast("block", block, 1);
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(counts, "counts");
    workers = List.copyOf(workers);
  }

  /** Refuses to go on as another block, or as one of other lengths or another rule. */
  void requireFits(LedgerMemento other) {
    int values = other.state.value().length();
    requireSame("block", block, other.block);
    requireSame("parameters", state.value().length(), values);
    TableShape table = other.state.table().shape();
    requireSame("rows", state.table().shape().rows(), table.rows());
    requireSame("width of rows", state.table().width(), table.width());
    requireSame("offset of rows", state.table().shape().offset(), table.offset());
    requireWhole();
    requireSame("statistics", state.statistics().length(), other.state.statistics().length());
    if (!rule.of().equals(other.rule.of())) {
      throw refusal("saved with " + rule.of() + ", not " + other.rule.of());
    }
    rule.misfit(values, table)
        .ifPresent(
            fact -> {
              throw refusal(fact);
            });
  }

  private void requireWhole() {
    if (!state.table().isWhole()) {
      throw refusal("only some of its rows");
    }
    RowNumbers later = state.table().changedSince(state.version());
    if (later.count() > 0) {
      throw refusal("row " + later.last() + " of a version after " + state.version());
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
}
