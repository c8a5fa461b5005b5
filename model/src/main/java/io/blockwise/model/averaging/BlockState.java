package io.blockwise.model.averaging;

import static io.blockwise.model.engine.StateKind.PARAMETERS;
import static io.blockwise.model.engine.StateKind.STATISTICS;

import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.TensorTable;
import java.io.Serializable;

/**
 * One version of a block's averaged state. Immutable.
 *
 * @param version grows by one with every fold, from 0
 * @param value the trainable parameters, without those of the table
 * @param statistics running statistics
 * @param table that is averaged by its rows; {@link RowTable#NONE} for most blocks
 */
public record BlockState(long version, FloatVector value, FloatVector statistics, RowTable table)
    implements Serializable {
  /** One of a block without a table. */
  public BlockState(long version, FloatVector value, FloatVector statistics) {
    this(version, value, statistics, RowTable.NONE);
  }

  /** Version 0 with these parameters and running statistics, without a table. */
  public static BlockState initial(float[] value, float[] statistics) {
    return new BlockState(0, FloatVector.copyOf(value), FloatVector.copyOf(statistics));
  }

  /**
   * Version 0 with these parameters and running statistics.
   *
   * @param tensors of the parameters
   */
  public static BlockState initial(TensorTable tensors, float[] parameters, float[] statistics) {
    RowTable table = RowTable.of(tensors, parameters);
    FloatVector others = FloatVector.owning(table.others(parameters.clone()));
    return new BlockState(0, others, FloatVector.copyOf(statistics), table);
  }

  /** Version 0: the state that a block has now. Called on the block's thread. */
  public static BlockState initial(Block block) {
    float[] value = new float[block.length(PARAMETERS)];
    float[] statistics = new float[block.length(STATISTICS)];
    block.read(PARAMETERS, value);
    block.read(STATISTICS, statistics);
    return initial(block.parameters(), value, statistics);
  }

  /** Gives a block these parameters and running statistics. Called on the block's thread. */
  public void applyTo(Block block) {
    block.adopt(PARAMETERS, parameters().shared());
    block.adopt(STATISTICS, statistics.shared());
  }

  /** All trainable parameters, in their order. */
  public FloatVector parameters() {
    return FloatVector.owning(table.among(value.shared()));
  }

  /** The same with another version of its table. */
  public BlockState withTable(RowTable other) {
    return new BlockState(version, value, statistics, other);
  }

  /** Only a version, for an answer that has nothing to adopt. */
  public static BlockState ofVersion(long version) {
    return new BlockState(version, FloatVector.EMPTY, FloatVector.EMPTY);
  }
}
