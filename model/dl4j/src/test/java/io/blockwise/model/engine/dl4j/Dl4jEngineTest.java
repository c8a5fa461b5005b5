package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineContract;
import io.blockwise.model.engine.LayerProbe;

class Dl4jEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }

  @Override
  protected LayerProbe probe() {
    return new Dl4jProbe();
  }
}
