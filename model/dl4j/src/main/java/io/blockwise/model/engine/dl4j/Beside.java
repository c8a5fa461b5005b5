package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.DropoutMasks;
import io.blockwise.model.spec.Shape;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What layers read beside what comes to them: what comes with the batch. A block has one, and sets
 * it before every pass. Used by the block's thread.
 */
final class Beside {
  private final Optional<DropoutMasks> masks;
  private final Memory memory;
  private Optional<BatchRows> rows = Optional.empty();
  private Optional<INDArray> states = Optional.empty();
  private Optional<INDArray> statesGradient = Optional.empty();

  /**
   * Before any batch.
   *
   * @param masks of a block that leaves something to chance
   * @param memory for them
   */
  Beside(Optional<DropoutMasks> masks, Memory memory) {
    this.masks = masks;
    this.memory = memory;
  }

  /**
   * Begins a pass over a batch.
   *
   * @param given states that the block before hands on
   */
  void begin(BatchRows batch, Optional<INDArray> given) {
    rows = Optional.of(batch);
    states = given;
    statesGradient = Optional.empty();
    masks.ifPresent(its -> its.begin(batch.chance()));
  }

  Texts texts() {
    return rows.flatMap(BatchRows::texts)
        .orElseThrow(() -> new IllegalArgumentException("Cannot read texts: the batch has none"));
  }

  /** Final states of the last layer that hands them on, {@code [rows, states]}. */
  Optional<INDArray> states() {
    return states;
  }

  /** Hands them on. */
  void states(INDArray handedOn) {
    states = Optional.of(handedOn);
  }

  /** Their gradient, if a layer of the block has begun with them. Given once. */
  Optional<INDArray> takeStatesGradient() {
    Optional<INDArray> taken = statesGradient;
    statesGradient = Optional.empty();
    return taken;
  }

  /** Gives the layer that has handed states on their gradient. */
  void statesGradient(INDArray gradient) {
    statesGradient = Optional.of(gradient);
  }

  /** The next mask of the batch, for values of a shape. */
  INDArray mask(String layer, double share, Shape shape) {
    return mask(layer, share, rows.orElseThrow().sizes(shape));
  }

  /** The same for an array of these sizes. */
  INDArray mask(String layer, double share, long... sizes) {
    INDArray mask = memory.take(layer + ".mask", sizes);
    Maths.write(masks.orElseThrow().next((int) mask.length(), share), 0, mask);
    return mask;
  }
}
