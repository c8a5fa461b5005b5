package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.OptimiserContract;

class Dl4jOptimisersTest extends OptimiserContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
