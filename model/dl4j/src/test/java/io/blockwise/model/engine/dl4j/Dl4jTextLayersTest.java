package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.TextLayersContract;

class Dl4jTextLayersTest extends TextLayersContract {
  @Override
  protected LayerProbe probe() {
    return new Dl4jProbe();
  }
}
