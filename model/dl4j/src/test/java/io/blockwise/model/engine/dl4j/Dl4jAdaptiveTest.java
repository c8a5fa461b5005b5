package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.AdaptiveContract;
import io.blockwise.model.engine.Engine;

class Dl4jAdaptiveTest extends AdaptiveContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
