package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineContract;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.TestDevice;

class TorchEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }

  @Override
  protected LayerProbe probe() {
    return new TorchProbe();
  }
}
