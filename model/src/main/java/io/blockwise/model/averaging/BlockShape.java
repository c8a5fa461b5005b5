package io.blockwise.model.averaging;

import io.blockwise.model.averaging.table.TableShape;

/**
 * How many values a block has, by which one sees whether a state or a push can be of it. Immutable.
 *
 * @param values of the parameters, without those of the table
 * @param statistics of the running statistics
 * @param table without rows if the block has none
 */
public record BlockShape(int values, int statistics, TableShape table) {
  /** That of a block with such a state. */
  public static BlockShape of(BlockState state) {
    return new BlockShape(
        state.value().length(), state.statistics().length(), state.table().shape());
  }

  /** Whether a state is of such a block, and not a version alone. */
  public boolean isOf(BlockState state) {
    return equals(of(state));
  }

  /** Values of a push with so many rows. */
  public long valuesWith(int rows) {
    return values + (long) rows * table.width();
  }

  /**
   * Refuses a push that has other values than the block, or rows that the table does not have.
   *
   * @throws IllegalArgumentException with what differs
   */
  public void requireFits(Push push) {
    if (push.kind() == Push.Kind.PASS) {
      return;
    }
    if (!push.rows().areWithin(table.rows())) {
      throw refusal(
          push,
          "row %d of a table with %d, counted from 0".formatted(push.rows().last(), table.rows()));
    }
    long expected = valuesWith(push.rows().count());
    if (push.values().length() != expected || push.statistics().length() != statistics) {
      throw refusal(
          push,
          "%d values and %d statistics, the ledger has %d and %d"
              .formatted(push.values().length(), push.statistics().length(), expected, statistics));
    }
  }

  private static IllegalArgumentException refusal(Push push, String fact) {
    return new IllegalArgumentException(
        "Cannot fold "
            + push
            + ": "
            + fact
            + " (the workers were built from another specification)");
  }
}
