package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.device.Engines;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.spec.Precision;
import org.junit.jupiter.api.Test;

class PlaceTest {
  @Test
  void placeSaysWhatItsWorkersComputeWith() {
    for (EngineName name : EngineName.STANDARD) {
      try (Engine engine = Engines.create(new EngineChoice(name, Precision.FLOAT32))) {
        assertThat(Place.here("3", Device.CPU).engine()).isEqualTo(engine.description());
      }
    }
    assertThat(Place.here("3", Device.gpu(5)).engine())
        .isEqualTo(EngineDescription.none(Device.gpu(5)));
  }
}
