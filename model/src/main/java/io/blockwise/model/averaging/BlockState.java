package io.blockwise.model.averaging;

import static io.blockwise.model.engine.StateKind.PARAMETERS;
import static io.blockwise.model.engine.StateKind.STATISTICS;

import io.blockwise.model.engine.Block;
import java.io.Serializable;

/**
 * One version of a block's averaged state. Immutable.
 *
 * @param version grows by one with every fold, from 0
 * @param value the trainable parameters
 * @param statistics running statistics
 */
public record BlockState(long version, FloatVector value, FloatVector statistics)
    implements Serializable {
  /** Version 0 with these parameters and running statistics. */
  public static BlockState initial(float[] value, float[] statistics) {
    return new BlockState(0, FloatVector.copyOf(value), FloatVector.copyOf(statistics));
  }

  /** Version 0: the state that a block has now. Called on the block's thread. */
  public static BlockState initial(Block block) {
    float[] value = new float[block.length(PARAMETERS)];
    float[] statistics = new float[block.length(STATISTICS)];
    block.read(PARAMETERS, value);
    block.read(STATISTICS, statistics);
    return new BlockState(0, FloatVector.owning(value), FloatVector.owning(statistics));
  }

  /** Gives a block these parameters and running statistics. Called on the block's thread. */
  public void applyTo(Block block) {
    block.adopt(PARAMETERS, value.shared());
    block.adopt(STATISTICS, statistics.shared());
  }

  /** Only a version, for an answer that has nothing to adopt. */
  public static BlockState ofVersion(long version) {
    return new BlockState(version, FloatVector.EMPTY, FloatVector.EMPTY);
  }
}
