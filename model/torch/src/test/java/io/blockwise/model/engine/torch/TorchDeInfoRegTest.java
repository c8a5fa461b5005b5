package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.DeInfoRegContract;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TestDevice;

class TorchDeInfoRegTest extends DeInfoRegContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
