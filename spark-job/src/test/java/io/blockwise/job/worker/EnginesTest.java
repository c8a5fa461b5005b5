package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.spec.Precision;
import org.junit.jupiter.api.Test;

class EnginesTest {
  @Test
  void engineWhoseJarIsAbsentIsTheUsersToFix() {
    ClassLoader nothing = ClassLoader.getPlatformClassLoader();
    assertThatThrownBy(() -> Engines.provider(EngineName.TORCH, nothing))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use engine = torch: its jar is not on the class path, which has no engine (start"
                + " with bin/blockwise, or add blockwise-engine-torch and what it needs)");
  }

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
