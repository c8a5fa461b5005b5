package io.blockwise.job.plan;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;

/**
 * Values of one block. Immutable.
 *
 * @param body trainable parameters of the layers
 * @param head of what the loss alone uses
 * @param exit of the classifier
 * @param statistics running means and variances
 * @param table the part of the body that is exchanged by rows; none of a sum of blocks
 */
record BlockSize(int body, int head, int exit, int statistics, Table table) {
  /** Rows and the values in each. Immutable. */
  record Table(int rows, int width) {
    static final Table NONE = new Table(0, 0);

    int values() {
      return rows * width;
    }
  }

  /** Without a table. */
  BlockSize(int body, int head, int exit, int statistics) {
    this(body, head, exit, statistics, Table.NONE);
  }

  /** Of every block, first to last; needs no engine. */
  static List<BlockSize> of(NetworkSpec network) {
    return DecoupledNetwork.layouts(network).stream().map(BlockSize::of).toList();
  }

  private static BlockSize of(BlockLayout layout) {
    return new BlockSize(
        layout.parameters().lengthOfBody(),
        layout.parameters().lengthOfHeads(),
        layout.parameters().length(BlockSpec.EXIT),
        layout.statistics().length(),
        layout
            .parameters()
            .table()
            .map(table -> new Table(table.rows(), table.width()))
            .orElse(Table.NONE));
  }

  BlockSize plus(BlockSize other) {
    return new BlockSize(
        body + other.body, head + other.head, exit + other.exit, statistics + other.statistics);
  }

  /** All that is trained. */
  int parameters() {
    return body + head + exit;
  }

  /** Bytes of what a ledger holds: parameters and running statistics in single precision. */
  long stateBytes() {
    return ((long) parameters() + statistics) * Float.BYTES;
  }
}
