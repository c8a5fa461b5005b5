package io.blockwise.base.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.base.UserException;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On local files and on a file system that renames as HDFS does. */
class StorageTest {
  private final Storage storage = new Storage(RemoteFileSystems.configuration(""));

  @TempDir java.nio.file.Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree"})
  void taskReplacesAnOlderFile(String scheme) throws IOException {
    Path target = path(scheme, "target");
    for (String content : new String[] {"old", "new"}) {
      storage.write(
          target,
          7,
          out -> {
            out.write(content.getBytes(UTF_8));
            assertThat(names()).contains(".target.7");
          });
      assertThat(storage.bytes(target)).asString(UTF_8).isEqualTo(content);
    }
    assertThat(names()).containsExactly("target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree"})
  void writeReplacesAnOlderFile(String scheme) throws IOException {
    Path target = path(scheme, "target");
    storage.write(target, "old".getBytes(UTF_8));
    storage.write(target, "new".getBytes(UTF_8));
    assertThat(storage.bytes(target)).asString(UTF_8).isEqualTo("new");
    assertThat(names()).containsExactly("target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree"})
  void taskThatFailsKeepsTheOlderFileAndNothingElse(String scheme) throws IOException {
    Path target = path(scheme, "target");
    storage.write(target, "old".getBytes(UTF_8));
    assertThatThrownBy(
            () ->
                storage.write(
                    target,
                    7,
                    out -> {
                      out.write(1);
                      throw new IOException("no more rows");
                    }))
        .hasMessage("no more rows");
    assertThat(storage.bytes(target)).asString(UTF_8).isEqualTo("old");
    assertThat(names()).containsExactly("target");
  }

  @Test
  void fullDiskIsOneLineWithTheDirectory() {
    assumeTrue(Files.exists(java.nio.file.Path.of("/dev/full")), "this system has no /dev/full");
    assertThatThrownBy(
            () -> {
              Path link = path("file", ".target.7");
              Files.createSymbolicLink(
                  java.nio.file.Path.of(link.toUri().getPath()),
                  java.nio.file.Path.of("/dev/full"));
              storage.write(path("file", "target"), 7, out -> out.write(1));
            })
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot write to file:"
                + folder
                + ": No space left on device (free some there, or choose an"
                + " output with more room)");
  }

  private Path path(String scheme, String name) {
    return new Path(scheme, null, folder.resolve(name).toString());
  }

  private Stream<String> names() throws IOException {
    try (Stream<java.nio.file.Path> found = Files.list(folder)) {
      return found.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
