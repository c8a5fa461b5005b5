package io.blockwise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.StreamCapabilities;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteFileSystemsTest {
  @TempDir Path directory;

  @Test
  void treeRenamesOnlyToANameThatIsFree() throws IOException {
    FileSystem tree = files("tree", "");
    write(tree, "a", "old");
    write(tree, "b", "new");
    assertThat(tree.rename(path("tree", "b"), path("tree", "a"))).isFalse();
    assertThat(tree.rename(path("tree", "b"), path("tree", "no/a"))).isFalse();
    assertThat(directory.resolve("a")).hasContent("old");
    FileContext.getFileContext(tree.getUri(), tree.getConf())
        .rename(path("tree", "b"), path("tree", "a"), Options.Rename.OVERWRITE);
    assertThat(directory.resolve("a")).hasContent("new");
    assertThat(tree.rename(path("tree", "a"), path("tree", "c"))).isTrue();
  }

  @Test
  void treeShowsAFileAtOnceAndItsBytesOnceTheyAreFlushed() throws IOException {
    FileSystem tree = files("tree", "");
    try (FSDataOutputStream out = tree.create(path("tree", "a"))) {
      out.write("one".getBytes(StandardCharsets.UTF_8));
      assertThat(directory.resolve("a")).isEmptyFile();
      out.hflush();
      assertThat(directory.resolve("a")).hasContent("one");
    }
    try (FSDataOutputStream out = tree.append(path("tree", "a"))) {
      out.write(" two".getBytes(StandardCharsets.UTF_8));
      assertThat(directory.resolve("a")).hasContent("one");
      assertThat(out.hasCapability(StreamCapabilities.HSYNC)).isTrue();
      out.hsync();
      assertThat(directory.resolve("a")).hasContent("one two");
    }
    assertThat(directory.resolve("a")).hasContent("one two");
    assertThatThrownBy(() -> tree.create(path("tree", "a"), false)).isInstanceOf(IOException.class);
  }

  @Test
  void objectsAppearWholeOrNotAtAll() throws IOException {
    FileSystem objects = files("objects", "broken");
    try (FSDataOutputStream out = objects.create(path("objects", "a"))) {
      out.write(1);
      assertThat(directory.resolve("a")).doesNotExist();
    }
    assertThat(directory.resolve("a")).hasSize(1);
    FSDataOutputStream out = objects.create(path("objects", "broken.txt"));
    assertThatThrownBy(() -> out.write(1)).hasMessage("disk full");
    out.abort();
    out.close();
    assertThat(directory.resolve("broken.txt")).doesNotExist();
    assertThat(directory.toFile().list()).containsExactly("a");
  }

  private FileSystem files(String scheme, String failing) throws IOException {
    return path(scheme, "").getFileSystem(RemoteFileSystems.configuration(failing));
  }

  private org.apache.hadoop.fs.Path path(String scheme, String name) {
    return new org.apache.hadoop.fs.Path(scheme + "://" + directory + "/" + name);
  }

  private void write(FileSystem files, String name, String content) throws IOException {
    try (FSDataOutputStream out = files.create(path("tree", name))) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }
}
