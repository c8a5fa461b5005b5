package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.AdaptiveContract;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TestDevice;

class TorchAdaptiveTest extends AdaptiveContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
