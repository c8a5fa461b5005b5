package io.blockwise.model.engine;

import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.spec.Precision;

/**
 * The device that the tests of the torch engine compute on: {@code -Dblockwise.test.device=0} for
 * the first GPU, the CPU without the property.
 */
public final class TestDevice {
  private TestDevice() {}

  public static Device chosen() {
    String text = System.getProperty("blockwise.test.device", "cpu");
    return text.equals("cpu") ? Device.CPU : Device.gpu(Integer.parseInt(text));
  }

  /** The torch engine there, in single precision. */
  public static Engine torch() {
    return new TorchEngine(chosen(), Precision.FLOAT32);
  }
}
