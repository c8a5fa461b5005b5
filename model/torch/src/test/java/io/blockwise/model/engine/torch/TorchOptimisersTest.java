package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.OptimiserContract;
import io.blockwise.model.engine.TestDevice;

class TorchOptimisersTest extends OptimiserContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
