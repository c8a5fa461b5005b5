package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.AssociatedContract;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TestDevice;
import org.junit.jupiter.api.Tag;

@Tag("thorough")
class TorchAssociatedTest extends AssociatedContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
