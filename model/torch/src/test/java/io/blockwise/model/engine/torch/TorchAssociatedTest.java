package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.AssociatedContract;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TestDevice;

class TorchAssociatedTest extends AssociatedContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
