package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.TextLayersContract;

class TorchTextLayersTest extends TextLayersContract {
  @Override
  protected LayerProbe probe() {
    return new TorchProbe();
  }
}
