package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.WeightedContract;

class Dl4jWeightedTest extends WeightedContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
