package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.ExecutionContract;
import io.blockwise.model.engine.TestDevice;
import org.junit.jupiter.api.Tag;

@Tag("thorough")
class TorchExecutionTest extends ExecutionContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }
}
