package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.ExecutionContract;
import org.junit.jupiter.api.Tag;

@Tag("thorough")
class Dl4jExecutionTest extends ExecutionContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
