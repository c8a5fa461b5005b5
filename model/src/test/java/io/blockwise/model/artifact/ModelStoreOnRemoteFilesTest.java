package io.blockwise.model.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreOnRemoteFilesTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"tree", "objects"})
  void versionIsReplacedByTheNext(String scheme) throws IOException {
    ModelStore store = store(scheme, "");
    for (int i = 1; i <= 2; i++) {
      store.write(Samples.version("run-" + i, i));
      store.publish("run-" + i);
      assertThat(store.readLatest()).isEqualTo(Samples.version("run-" + i, i));
    }
    assertThat(names()).containsExactlyInAnyOrder("LATEST", "PREVIOUS", "versions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "objects"})
  void latestStaysWhenItsReplacementFailsHalfWay(String scheme) throws IOException {
    store(scheme, "").write(Samples.version("run-1", 1));
    store(scheme, "").publish("run-1");
    store(scheme, "").write(Samples.version("run-2", 2));
    assertThatThrownBy(() -> store(scheme, "LATEST").publish("run-2")).hasMessage("disk full");
    assertThat(store(scheme, "").readLatest()).isEqualTo(Samples.version("run-1", 1));
    assertThat(names()).containsExactlyInAnyOrder("LATEST", "PREVIOUS", "versions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "objects"})
  void versionWhoseWriteFailsHalfWayIsInvisible(String scheme) throws IOException {
    for (String failing : new String[] {"block-02", "manifest"}) {
      assertThatThrownBy(() -> store(scheme, failing).write(Samples.version("run-1", 1)))
          .hasMessage("disk full");
      assertThatThrownBy(() -> store(scheme, "").read("run-1"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("manifest.json does not exist");
    }
    store(scheme, "").write(Samples.version("run-1", 3));
    assertThat(store(scheme, "").read("run-1")).isEqualTo(Samples.version("run-1", 3));
  }

  private ModelStore store(String scheme, String failing) throws IOException {
    return new ModelStore(
        RemoteFileSystems.configuration(failing),
        new org.apache.hadoop.fs.Path(scheme + "://" + directory));
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
