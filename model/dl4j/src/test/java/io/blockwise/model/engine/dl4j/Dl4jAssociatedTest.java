package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.AssociatedContract;
import io.blockwise.model.engine.Engine;
import org.junit.jupiter.api.Tag;

@Tag("thorough")
class Dl4jAssociatedTest extends AssociatedContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
