package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.RowWeightsContract;
import io.blockwise.model.engine.TestDevice;

class TorchRowWeightsTest extends RowWeightsContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
