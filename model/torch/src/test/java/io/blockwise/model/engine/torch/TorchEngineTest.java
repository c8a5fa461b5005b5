package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineContract;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.TestDevice;
import io.blockwise.model.spec.LossSpec;
import org.junit.jupiter.api.Test;

class TorchEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return TestDevice.torch();
  }

  @Override
  protected LayerProbe probe() {
    return new TorchProbe();
  }

  @Test
  void trainsByEveryLoss() {
    assertThat(LocalLoss.MAKERS.keySet().toArray())
        .containsExactlyInAnyOrder((Object[]) LossSpec.class.getPermittedSubclasses());
  }
}
