package io.blockwise.job.device;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineName;
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
}
