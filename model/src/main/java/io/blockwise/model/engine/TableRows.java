package io.blockwise.model.engine;

import static io.blockwise.model.engine.StateKind.PARAMETERS;

import java.util.stream.IntStream;

/**
 * Rows of a block's table, and its other parameters, by way of the whole vector: what an engine
 * does that has no shorter way. Each call copies all parameters of the block. Used by the block's
 * thread.
 */
final class TableRows {
  private TableRows() {}

  /** The numbers of all rows; none without a table. */
  static int[] all(TensorTable parameters) {
    return IntStream.range(0, parameters.table().map(TensorTable.Entry::rows).orElse(0)).toArray();
  }

  static void read(Block block, int[] rows, float[] into) {
    TensorTable.Entry table = table(block);
    float[] whole = whole(block);
    for (int i = 0; i < rows.length; i++) {
      int from = table.offset() + rows[i] * table.width();
      System.arraycopy(whole, from, into, i * table.width(), table.width());
    }
  }

  static void adopt(Block block, int[] rows, float[] from) {
    TensorTable.Entry table = table(block);
    float[] whole = whole(block);
    for (int i = 0; i < rows.length; i++) {
      int into = table.offset() + rows[i] * table.width();
      System.arraycopy(from, i * table.width(), whole, into, table.width());
    }
    block.adopt(PARAMETERS, whole);
  }

  static void readRest(Block block, float[] into) {
    if (block.parameters().table().isEmpty()) {
      block.read(PARAMETERS, into);
      return;
    }
    TensorTable.Entry table = table(block);
    float[] whole = whole(block);
    int behind = table.offset() + table.length();
    System.arraycopy(whole, 0, into, 0, table.offset());
    System.arraycopy(whole, behind, into, table.offset(), whole.length - behind);
  }

  static void adoptRest(Block block, float[] from) {
    if (block.parameters().table().isEmpty()) {
      block.adopt(PARAMETERS, from);
      return;
    }
    TensorTable.Entry table = table(block);
    float[] whole = whole(block);
    int behind = table.offset() + table.length();
    System.arraycopy(from, 0, whole, 0, table.offset());
    System.arraycopy(from, table.offset(), whole, behind, whole.length - behind);
    block.adopt(PARAMETERS, whole);
  }

  private static TensorTable.Entry table(Block block) {
    return block.parameters().table().orElseThrow();
  }

  private static float[] whole(Block block) {
    float[] whole = new float[block.length(PARAMETERS)];
    block.read(PARAMETERS, whole);
    return whole;
  }
}
