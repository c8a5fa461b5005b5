package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.FloatVector;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * By how much a worker's value of a block is its own, between two leases: what its pushes have not
 * carried yet. Names as in {@link LocalValue}. Immutable.
 *
 * @param version of {@code a}
 * @param x without the table; empty where it is {@code a}, which is the ledger's of that version
 * @param a as long as {@code x}
 * @param rows of the table in which the value is not the ledger's, ascending
 */
public record ValueMemento(long version, FloatVector x, FloatVector a, List<Row> rows)
    implements Serializable {
  public ValueMemento {
    Objects.requireNonNull(x, "x");
    Objects.requireNonNull(a, "a");
    rows = List.copyOf(rows);
  }

  /**
   * One row of the table. Immutable.
   *
   * @param number from 0
   * @param ahead whether {@code a} is ahead of the ledger's
   */
  public record Row(int number, FloatVector x, FloatVector a, boolean ahead)
      implements Serializable {
    public Row {
      Objects.requireNonNull(x, "x");
      Objects.requireNonNull(a, "a");
    }
  }
}
