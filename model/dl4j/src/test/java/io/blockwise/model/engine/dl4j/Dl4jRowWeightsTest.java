package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.RowWeightsContract;

class Dl4jRowWeightsTest extends RowWeightsContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
