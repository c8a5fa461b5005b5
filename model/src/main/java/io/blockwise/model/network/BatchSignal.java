package io.blockwise.model.network;

import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StepResult;
import java.util.Optional;

/**
 * A batch on its way along a row of trainers: what one knows of those before it. Belongs to whoever
 * received it, who closes it. Handed from thread to thread, used by one at a time.
 *
 * @param number of the batch in its lease, from 1
 * @param signal that the next block reads; empty if an earlier block was not finite on this batch,
 *     so that the later ones skip it
 */
public record BatchSignal(long number, Optional<Signal> signal) implements AutoCloseable {
  /** A batch in front of the first block. */
  public static BatchSignal of(long number, Signal signal) {
    return new BatchSignal(number, Optional.of(signal));
  }

  /** The same batch behind a block that took this step; takes over the step's signal. */
  BatchSignal after(StepResult step) {
    if (step.finite()) {
      return of(number, step.output());
    }
    step.output().close();
    return new BatchSignal(number, Optional.empty());
  }

  @Override
  public void close() {
    signal.ifPresent(Signal::close);
  }
}
