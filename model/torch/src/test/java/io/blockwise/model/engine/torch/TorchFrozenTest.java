package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.FrozenContract;
import io.blockwise.model.engine.TestDevice;

class TorchFrozenTest extends FrozenContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
