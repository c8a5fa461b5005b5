package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineContract;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.spec.LossSpec;

class Dl4jEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return new Dl4jEngine();
  }

  @Override
  protected boolean knows(LossSpec loss) {
    return !(loss instanceof LossSpec.PredSim);
  }

  @Override
  protected LayerProbe probe() {
    return new Dl4jProbe();
  }
}
