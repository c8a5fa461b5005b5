package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TextContract;

class Dl4jTextTest extends TextContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
