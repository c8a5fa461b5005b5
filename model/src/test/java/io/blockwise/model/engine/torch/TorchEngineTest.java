package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineContract;
import io.blockwise.model.engine.LayerProbe;

class TorchEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return new TorchEngine();
  }

  @Override
  protected LayerProbe probe() {
    return new TorchProbe();
  }
}
