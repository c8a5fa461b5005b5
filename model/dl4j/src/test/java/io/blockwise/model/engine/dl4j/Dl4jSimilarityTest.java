package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.SimilarityContract;

class Dl4jSimilarityTest extends SimilarityContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
