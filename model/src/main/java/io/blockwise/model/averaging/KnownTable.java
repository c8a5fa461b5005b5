package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.model.averaging.table.RowTable;

/**
 * What a worker has of a block's table when it opens a lease, so that the answer may leave that
 * out. Immutable.
 *
 * @param version of the ledger's table that it has, at least 0; -1 if it has none
 * @param origin check sum of version 0 as the worker has made it: what it has is of use only if the
 *     ledger began from the same
 */
public record KnownTable(long version, int origin) {
  /** Of a block without a table, or a worker that has none. */
  public static final KnownTable NOTHING = new KnownTable(RowTable.EVER, 0);

  public KnownTable {
    if (version < RowTable.EVER) {
      throw invalid("version of a table", version, "must be at least " + RowTable.EVER);
    }
  }

  /** The version after which the worker needs all changes of a ledger's table. */
  public long since(BlockState ledger) {
    boolean ofThisLedger = origin == ledger.table().origin() && version <= ledger.version();
    return ofThisLedger ? version : RowTable.EVER;
  }
}
