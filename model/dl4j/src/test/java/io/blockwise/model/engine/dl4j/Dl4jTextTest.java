package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TextContract;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class Dl4jTextTest extends TextContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }
}
