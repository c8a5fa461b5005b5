package io.blockwise.model.engine;

/**
 * A training step of a block that has begun. Its output is there at once, so that the next block
 * can begin; its figures are asked for when somebody needs them, since a device has to be waited
 * for.
 *
 * <p>Used by one thread at a time, the block's. It holds a few bytes of the engine until its result
 * is read.
 */
public interface Step {
  /**
   * The signal for the next block: the activation computed before the update. Blocks that train on
   * it skip the batch if this one was not finite or had to skip it. The caller closes it.
   */
  Signal output();

  /**
   * Ends the step. A block that also learns from the next one's loss takes its step only now, and
   * so do the blocks behind it, whose turn is after its own; those before it have done all. Called
   * once, when the next block's step has begun on the output, which is still open; behind the last
   * block, and for a block whose own loss alone counts, at once.
   *
   * <p>Of a step that {@link Block#begin} has begun it goes back and updates. It waits for the step
   * that made the input where that is not complete, and fails if that failed.
   *
   * @throws java.util.concurrent.CancellationException if the thread is interrupted while it waits
   */
  default void complete() {}

  /**
   * How the step went, once it is complete; waits until it has been computed, unless {@link
   * Engine#await} has done so. The same each time.
   */
  StepResult result();

  /** A step of an engine that computes while it is called. Immutable. */
  record Done(Signal output, StepResult result) implements Step {}
}
