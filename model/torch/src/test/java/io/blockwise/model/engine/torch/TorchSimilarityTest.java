package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.SimilarityContract;
import io.blockwise.model.engine.TestDevice;

class TorchSimilarityTest extends SimilarityContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
