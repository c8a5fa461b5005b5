package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineProvidersTest {
  @TempDir Path directory;

  @Test
  void enginesAreFoundByWhatTheirJarsName() throws IOException {
    EngineProviders found = providers(NamedEngines.First.class, NamedEngines.Other.class);
    assertThat(found.names()).containsExactly("abacus", "sum");
    assertThat(found.named("sum")).isInstanceOf(NamedEngines.First.class);
  }

  @Test
  void anAbsentEngineIsNamedWithThoseThatAreThere() throws IOException {
    EngineProviders found = providers(NamedEngines.First.class, NamedEngines.Other.class);
    assertThatThrownBy(() -> found.named("torch"))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessage(
            "Cannot use engine = torch: its jar is not on the class path, which has engine abacus,"
                + " sum (start with bin/blockwise, or add blockwise-engine-torch and what it needs)");
  }

  @Test
  void twoEnginesOfOneNameAreBothNamedWithTheirJars() throws IOException {
    EngineProviders found = providers(NamedEngines.First.class, NamedEngines.Second.class);
    String place = NamedEngines.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    assertThat(found.names()).containsExactly("sum");
    assertThatThrownBy(() -> found.named("sum"))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessage(
            "Cannot use engine = sum: two engines have this name, %s in %s and %s in %s (leave out"
                + " one of the jars)",
            NamedEngines.First.class.getName(), place, NamedEngines.Second.class.getName(), place);
  }

  @Test
  void anEngineThatCannotBeOfferedIsNamed() {
    assertThatThrownBy(() -> providers(NamedEngines.Broken.class))
        .isInstanceOf(EngineUnavailableException.class)
        .hasMessageStartingWith("Cannot look for engines: ")
        .hasMessageContaining(NamedEngines.Broken.class.getName())
        .hasMessageEndingWith("(leave out or replace the engine's jar)");
  }

  private EngineProviders providers(Class<?>... providers) throws IOException {
    try (URLClassLoader classPath = NamedEngines.classPath(directory, providers)) {
      return EngineProviders.of(classPath);
    }
  }
}
