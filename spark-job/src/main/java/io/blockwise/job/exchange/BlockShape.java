package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.table.RowTable;

/**
 * How many values a block has, by which its pushes are known as possible before any of them is
 * kept. Immutable.
 *
 * @param values of the parameters, without those of the table
 * @param statistics of the running statistics
 * @param table without rows if the block has none
 */
record BlockShape(int values, int statistics, RowTable.Shape table) {
  static BlockShape of(BlockState state) {
    return new BlockShape(
        state.value().length(), state.statistics().length(), state.table().shape());
  }

  /** Whether the block has a table, so that everybody lacks other rows of it. */
  boolean hasTable() {
    return table.rows() > 0;
  }

  /** Whether a state has its values, and not its version alone. */
  boolean isOf(BlockState state) {
    return equals(of(state));
  }

  /** {@link Status#OK}, or what is wrong with a piece of a push. */
  Status check(PushHeader header, long offset, int pieceBytes) {
    boolean pass = header.kind() == Push.Kind.PASS;
    long expected = values + (long) header.rows() * table.width();
    boolean tooMany = header.rows() > table.rows();
    if (!pass && (tooMany || header.values() != expected || header.statistics() != statistics)) {
      boolean more = tooMany || header.values() > expected || header.statistics() > statistics;
      return more ? Status.OVERSIZED : Status.REFUSED;
    }
    boolean outside = offset < 0 || offset > header.bytes() - pieceBytes;
    return outside || pieceBytes == 0 && header.bytes() > 0 ? Status.MALFORMED : Status.OK;
  }
}
