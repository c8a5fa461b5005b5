package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.DeInfoRegContract;
import io.blockwise.model.engine.Engine;

class Dl4jDeInfoRegTest extends DeInfoRegContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
