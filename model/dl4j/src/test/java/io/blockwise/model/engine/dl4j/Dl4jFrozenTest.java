package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.FrozenContract;

class Dl4jFrozenTest extends FrozenContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
