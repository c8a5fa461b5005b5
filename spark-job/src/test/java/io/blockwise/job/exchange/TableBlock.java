package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import java.util.BitSet;
import java.util.Random;

/**
 * A replica of the block that {@link Ledgers#withTable} makes a ledger of, whose steps move what
 * their random numbers say.
 */
final class TableBlock implements Block {
  private static final int TOUCHED = 9;

  private final TensorTable tensors;
  private final float[] parameters;
  private final float[] statistics;
  private final BitSet changed = new BitSet();

  TableBlock(BlockState beginning, int rows, int width) {
    tensors = Ledgers.tensorsWithTable(rows, width);
    parameters = beginning.parameters().toArray();
    statistics = beginning.statistics().toArray();
  }

  /** Moves some rows, and all that is not of the table. */
  void step(Random random) {
    TensorTable.Entry table = tensors.table().orElseThrow();
    for (int touched = 0; touched < TOUCHED; touched++) {
      int row = random.nextInt(table.rows());
      changed.set(row);
      move(table.offset() + row * table.width(), table.width(), random);
    }
    int behind = table.offset() + table.length();
    move(0, table.offset(), random);
    move(behind, parameters.length - behind, random);
    statistics[0] += random.nextFloat();
  }

  private void move(int first, int count, Random random) {
    for (int i = first; i < first + count; i++) {
      parameters[i] += random.nextFloat() - 0.5f;
    }
  }

  FloatVector vector(StateKind kind) {
    return FloatVector.copyOf(values(kind));
  }

  @Override
  public int[] takeChangedRows() {
    int[] rows = changed.stream().toArray();
    changed.clear();
    return rows;
  }

  @Override
  public TensorTable parameters() {
    return tensors;
  }

  @Override
  public TensorTable statistics() {
    return Ledgers.TABLE;
  }

  private float[] values(StateKind kind) {
    return switch (kind) {
      case PARAMETERS -> parameters;
      case STATISTICS -> statistics;
      default -> new float[0];
    };
  }

  @Override
  public int length(StateKind kind) {
    return values(kind).length;
  }

  @Override
  public void read(StateKind kind, float[] into) {
    System.arraycopy(values(kind), 0, into, 0, into.length);
  }

  @Override
  public void adopt(StateKind kind, float[] from) {
    System.arraycopy(from, 0, values(kind), 0, from.length);
  }

  @Override
  public BlockSpec spec() {
    throw new UnsupportedOperationException("averaging needs no specification");
  }

  @Override
  public Step train(Signal in, Pace pace) {
    throw new UnsupportedOperationException("averaging only reads and adopts states");
  }

  @Override
  public Signal forward(Signal in) {
    throw new UnsupportedOperationException("averaging only reads and adopts states");
  }

  @Override
  public Signal answer(Signal output) {
    throw new UnsupportedOperationException("averaging only reads and adopts states");
  }

  @Override
  public void close() {}
}
