package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TestDevice;
import io.blockwise.model.engine.WeightedContract;

class TorchWeightedTest extends WeightedContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
