package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are read, and files that they include. */
class ConfFilesTest {
  @TempDir Path directory;

  @BeforeEach
  void resolveLinks() throws IOException {
    directory = directory.toRealPath();
  }

  @Test
  void includeIsReadRelativeToTheFileThatNamesIt() throws IOException {
    write("base/base.conf", "include \"more.conf\"\nworkers = 2");
    write("base/more.conf", "seed = 7\ntraining.epochs = 3");
    Path file = write("my.conf", "include \"base/base.conf\"\ntraining.epochs = 4");
    Settings settings = read(file);
    assertThat(settings.seed()).isEqualTo(7);
    assertThat(settings.training().epochs()).isEqualTo(4);
    assertThat(settings.model().name()).isEqualTo("my");
  }

  @Test
  void includeOfAFileThatIsNamedWithoutAFolderIsRead() throws IOException {
    // relative to the working directory, which a test cannot choose
    Path name = Path.of("conf-files-test.conf");
    Path base = Path.of("conf-files-test-base.conf");
    try {
      Files.writeString(base, "seed = 7");
      Files.writeString(name, "include \"" + base + "\"");
      assertThat(read(name).seed()).isEqualTo(7);
    } finally {
      Files.deleteIfExists(name);
      Files.deleteIfExists(base);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"base.conf\"\nworkers.start-timeout = 1m",
        "workers.start-timeout = 1m\ninclude \"base.conf\"",
        "workers = 3\nworkers.start-timeout = 1m\ninclude required(file(\"base.conf\"))",
      })
  void numberOfWorkersInAnIncludeIsNotLost(String conf) throws IOException {
    write("base.conf", "workers = 2");
    assertThat(read(write("my.conf", conf)).workers())
        .isEqualTo(workers(2, 1, Duration.ofMinutes(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"non.conf\"", "required(\"non.conf\")", "file(\"non.conf\")"})
  void includeThatIsNotThereIsRefused(String include) throws IOException {
    Path file = write("my.conf", "include " + include);
    assertRefused(
        file,
        "Cannot read non.conf, which "
            + file
            + " includes: there is no such file (correct its name, or remove the include)");
  }

  @Test
  void includeThatLeadsBackIsRefused() throws IOException {
    Path a = write("a.conf", "include \"b.conf\"");
    Path b = write("b.conf", "include \"./a.conf\"");
    assertRefused(
        a,
        "Cannot read ./a.conf, which " + b + " includes: it includes itself (remove the include)");
    Path self = write("self.conf", "include \"self.conf\"");
    assertRefused(self, "Cannot read self.conf, which " + self + " includes: it includes itself");
  }

  @Test
  void whatIsNoFileIsNotIncluded() throws IOException {
    assertRefused(
        write("my.conf", "include url(\"http://127.0.0.1:1/x.conf\")"),
        "Cannot read an include: http://127.0.0.1:1/x.conf is a URL (include a file)");
    assertRefused(
        write("my.conf", "include classpath(\"reference.conf\")"),
        "Cannot read an include: reference.conf is on the class path (include a file)");
  }

  @Test
  void textThatIsNotUtf8IsRefusedWithItsLine() throws IOException {
    Path file = directory.resolve("latin.conf");
    Files.write(file, "seed = 1\n# größe\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(file, "Cannot read " + file + ":2: it is not in UTF-8 (save the file in UTF-8)");
    Files.write(file, new byte[] {'x', (byte) 0xC3});
    assertRefused(file, "Cannot read " + file + ":1: it is not in UTF-8");
  }

  @Test
  void fileOfMegabytesIsRefused() throws IOException {
    Path file = write("big.conf", "mlp.hidden = [" + "1,".repeat(1 << 20) + "1]");
    assertRefused(
        file,
        "Cannot read " + file + ": it has 2097168 bytes (a configuration has at most 1048576)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a=", "{a=["})
  void textThatIsNestedTooDeeplyIsRefused(String open) throws IOException {
    Path file = write("deep.conf", "network.blocks = " + open.repeat(20_000));
    assertRefused(file, "Cannot read " + file + ": it is nested too deeply");
  }

  @Test
  void keyOfManyWordsIsRefused() throws IOException {
    Path file = write("deep.conf", "a.".repeat(100_000) + "a = 1");
    assertRefused(file, "");
  }

  @Test
  void keysThatReferToEachOtherAreRefused() throws IOException {
    Path file = write("my.conf", "run-id = ${seed}\nseed = ${run-id}");
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "Cannot read \\S+/my.conf:[12]: the keys (seed and run-id|run-id and seed) refer to each"
                + " other \\(give one of them a value\\)");
  }

  @Test
  void keyMayReferToItsOwnDefaultAndToOthers() throws IOException {
    Settings settings =
        read(write("my.conf", "mlp.hidden = ${mlp.hidden} [9]\ndata.seed = ${seed}\nseed = 5"));
    assertThat(settings.network().backbones().mlp().hidden()).containsExactly(1024, 1024, 9);
    assertThat(settings.data().seed()).isEqualTo(5);
  }

  @Test
  void substitutionOfNothingIsRefused() throws IOException {
    Path file = write("my.conf", "seed = ${trainng.epochs}");
    assertRefused(
        file,
        "Cannot read "
            + file
            + ":1: there is neither a key nor an environment variable trainng.epochs"
            + " (correct the name)");
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static Settings read(Path file) {
    return new SettingsReader(Map.of()).read(file, List.of());
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("\n");
  }

  /** Those of a configuration that says nothing else about them. */
  static WorkersSettings workers(int count, int min, Duration startTimeout) {
    return new WorkersSettings(
        count, min, startTimeout, Duration.ofSeconds(10), Duration.ofMinutes(5));
  }
}
