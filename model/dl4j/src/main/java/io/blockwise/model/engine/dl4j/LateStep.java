package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pending;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.StepResult;
import java.util.function.Supplier;

/**
 * A step that goes back and updates after its output is on its way, maybe on another thread (AL-P;
 * methods 2f). Handed from thread to thread, used by one at a time.
 */
final class LateStep implements Step {
  private final NativeSignal output;
  private final Supplier<StepResult> rest;
  private final Pending<Boolean> finite = new Pending<>();
  private StepResult result;

  /**
   * @param output which learns from this step whether blocks may train on it
   * @param rest of the step
   */
  LateStep(NativeSignal output, Supplier<StepResult> rest) {
    this.output = output.finiteIf(finite);
    this.rest = rest;
  }

  @Override
  public Signal output() {
    return output;
  }

  @Override
  public void complete() {
    try {
      result = rest.get();
      finite.set(result.trained());
    } catch (RuntimeException | Error e) {
      finite.fail(e);
      throw e;
    }
  }

  @Override
  public StepResult result() {
    if (result == null) {
      throw new IllegalStateException("Cannot read the result of a step that is not complete");
    }
    return result;
  }
}
