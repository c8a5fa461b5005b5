package io.blockwise.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wheel that the build made, opened by what every installer reads. */
class WheelTest {
  private static final String INSTALLED =
      """
      import importlib.metadata, blockwise
      print(blockwise.__file__)
      print(importlib.metadata.version("blockwise"))
      print(blockwise.load("../../../model/src/test/resources/artifact-v2").classes)
      """;

  private static Map<String, byte[]> contents() throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(Python.wheel().toFile())) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        contents.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    return contents;
  }

  private static String about() throws IOException {
    return Python.wheel().getFileName().toString().replace("-py3-none-any.whl", ".dist-info/");
  }

  @Test
  void recordListsEveryFileWithItsChecksumAndSize() throws Exception {
    Map<String, byte[]> contents = contents();
    StringBuilder expected = new StringBuilder();
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.getValue());
      String sum = Base64.getUrlEncoder().encodeToString(digest).replace("=", "");
      boolean itself = file.getKey().equals(about() + "RECORD");
      String line = itself ? ",," : ",sha256=" + sum + "," + file.getValue().length;
      expected.append(file.getKey()).append(line).append('\n');
    }
    assertThat(contents.keySet()).last().isEqualTo(about() + "RECORD");
    assertThat(new String(contents.get(about() + "RECORD"), UTF_8)).isEqualTo(expected.toString());
  }

  @Test
  void itHoldsTheSourcesAndWhatInstallersRead() throws Exception {
    Map<String, byte[]> contents = contents();
    try (var modules = Files.list(Path.of("blockwise"))) {
      List<Path> sources = modules.filter(file -> file.toString().endsWith(".py")).toList();
      assertThat(sources).hasSizeGreaterThan(5);
      for (Path source : sources) {
        assertThat(contents.get(source.toString())).isEqualTo(Files.readAllBytes(source));
      }
    }
    String version = about().replaceAll("blockwise-|\\.dist-info/", "");
    assertThat(new String(contents.get(about() + "METADATA"), UTF_8))
        .startsWith("Metadata-Version: 2.1\nName: blockwise\nVersion: " + version + "\n")
        .contains("Requires-Python: >=3.9\nRequires-Dist: numpy")
        .contains("\n\n# blockwise for Python\n");
    assertThat(new String(contents.get(about() + "WHEEL"), UTF_8))
        .contains("Wheel-Version: 1.0\n", "Root-Is-Purelib: true\n", "Tag: py3-none-any\n");
    assertThat(contents).containsKeys(about() + "LICENSE", "blockwise/py.typed");
  }

  @Test
  void theSameSourcesGiveTheSameBytesInEveryTimeZone() throws Exception {
    Wheel wheel = Wheel.of(Path.of("."), "1.0");
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    byte[] first = wheel.toBytes(time);
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
      assertThat(Wheel.of(Path.of("."), "1.0").toBytes(time)).isEqualTo(first);
    } finally {
      TimeZone.setDefault(zone);
    }
    assertThat(wheel.fileName()).isEqualTo("blockwise-1.0-py3-none-any.whl");
  }

  @ParameterizedTest
  @CsvSource({
    "0.1.0-SNAPSHOT, 0.1.0.dev0",
    "1.2, 1.2",
    "1.2.3-rc1, 1.2.3rc1",
    "2.0-alpha-2, 2.0a2",
    "2.0-beta3, 2.0b3"
  })
  void versionsHavePythonsForm(String maven, String python) {
    assertThat(Wheel.pythonVersion(maven)).isEqualTo(python);
  }

  @Test
  void aVersionWithoutSuchAFormIsRefused() {
    assertThatThrownBy(() -> Wheel.pythonVersion("1.0-final"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot make a wheel of version 1.0-final: ");
  }

  @Test
  void pythonImportsIt() throws Exception {
    Python.requireNumPy();
    assertThat(Python.run("-c", "import blockwise; print(blockwise.__file__)").strip())
        .isEqualTo(Python.wheel() + "/blockwise/__init__.py");
    String tests = Path.of("tests").toAbsolutePath().toString();
    assertThat(Python.run("-m", "unittest", "discover", tests)).isEmpty();
  }

  @Test
  void pipInstallsIt(@TempDir Path folder) throws Exception {
    Python.requireNumPy();
    assumeTrue(Python.has("pip"), "skipped: python3 has no pip here");
    String target = "--target=" + folder;
    Python.run(
        "-m", "pip", "install", "-q", "--no-index", "--no-deps", target, Python.wheel().toString());
    Map<String, String> installed = Map.of("PYTHONPATH", folder.toString());
    String version = about().replaceAll("blockwise-|\\.dist-info/", "");
    assertThat(Python.run(installed, "-c", INSTALLED).lines())
        .containsExactly(folder + "/blockwise/__init__.py", version, "['circle', 'square']");
  }
}
