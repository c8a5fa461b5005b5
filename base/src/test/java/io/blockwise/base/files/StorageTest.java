package io.blockwise.base.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree", "objects"})
  void lastOfSeveralTasksThatWriteAFileStays(String scheme) throws IOException {
    for (long attempt = 1; attempt <= 2; attempt++) {
      String content = "of attempt " + attempt;
      storage("").write(path(scheme), attempt, out -> out.write(content.getBytes(UTF_8)));
      assertThat(directory.resolve("file")).hasContent(content);
    }
    assertThat(directory.toFile().list()).containsExactly("file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "objects"})
  void attemptThatFailsHalfWayLeavesTheOlderFile(String scheme) throws IOException {
    storage("").write(path(scheme), 1, out -> out.write("older".getBytes(UTF_8)));
    assertThatThrownBy(
            () -> storage("file").write(path(scheme), 2, out -> out.write("ne".getBytes(UTF_8))))
        .hasMessageContaining("disk full");
    assertThat(directory.resolve("file")).hasContent("older");
    assertThat(directory.toFile().list()).containsExactly("file");
  }

  /** Not {@code tree:}, whose overwriting rename is in two steps. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "objects"})
  void severalWritersAtOnceDoNotMixTheirFiles(String scheme) throws IOException {
    IntStream.range(0, 40)
        .parallel()
        .forEach(
            i -> {
              try {
                storage("").write(path(scheme), (i + "x".repeat(5000)).getBytes(UTF_8));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(Files.readString(directory.resolve("file"))).matches("\\d{1,2}x{5000}");
    assertThat(directory.toFile().list()).containsExactly("file");
  }

  @Test
  void whatAKilledWriterHasLeftIsDeletedOnceItIsOld() throws IOException {
    Path old = Files.writeString(directory.resolve(".file.1234.tmp"), "half");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Path young = Files.writeString(directory.resolve(".file.5678.tmp"), "half");
    Path other = Files.copy(old, directory.resolve(".file2.1234.tmp"));
    storage("").write(path("tree"), "whole".getBytes(UTF_8));
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(other).exists();
  }

  private static Storage storage(String failing) {
    return new Storage(RemoteFileSystems.configuration(failing));
  }

  private org.apache.hadoop.fs.Path path(String scheme) {
    return new org.apache.hadoop.fs.Path(scheme + "://" + directory.resolve("file"));
  }
}
