package io.blockwise.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A wheel of Python modules: a zip of their sources and of what installers read (binary
 * distribution format 1.0, PEP 427). The same content and time give the same bytes: entries are in
 * order and not compressed, as compressors differ. Immutable.
 *
 * @param version in Python's form (PEP 440)
 * @param files contents by their paths, without {@code RECORD}, which lists them
 */
public record Wheel(String version, Map<String, byte[]> files) {
  private static final String NAME = "blockwise";

  private static final Pattern MAVEN =
      Pattern.compile("(\\d+(?:\\.\\d+)*)(?:-(SNAPSHOT)|-(alpha|beta|rc)-?(\\d+))?");

  private static final Map<String, String> PHASES = Map.of("alpha", "a", "beta", "b", "rc", "rc");

  private static final String DESCRIPTION =
      """
      Wheel-Version: 1.0
      Generator: blockwise (%s)
      Root-Is-Purelib: true
      Tag: py3-none-any
      """;

  private static final String METADATA =
      """
      Metadata-Version: 2.1
      Name: blockwise
      Version: %s
      Summary: Opens models that Blockwise published, in NumPy or PyTorch, and trains them in PySpark
      License: Apache-2.0
      Requires-Python: >=3.9
      Requires-Dist: numpy>=1.20
      Provides-Extra: torch
      Requires-Dist: torch>=1.13; extra == "torch"
      Provides-Extra: spark
      Requires-Dist: pyspark<4,>=3.5; extra == "spark"
      Description-Content-Type: text/markdown

      %s""";

  public Wheel {
    files = new TreeMap<>(files);
  }

  /**
   * Makes a wheel.
   *
   * @param arguments folder of the package, Maven's version, time of all entries ({@code
   *     2026-01-01T00:00:00Z}), folder to write to
   */
  public static void main(String[] arguments) throws IOException {
    Wheel wheel = of(Path.of(arguments[0]), arguments[1]);
    Path folder = Files.createDirectories(Path.of(arguments[3]));
    Files.write(folder.resolve(wheel.fileName()), wheel.toBytes(Instant.parse(arguments[2])));
  }

  /**
   * Of the package in a folder of the repository.
   *
   * @param folder with {@code blockwise/*.py} and {@code README.md}; the licence is beside it
   * @param version as Maven has it
   */
  static Wheel of(Path folder, String version) throws IOException {
    String python = pythonVersion(version);
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> modules = Files.list(folder.resolve(NAME))) {
      for (Path module : modules.filter(file -> file.toString().endsWith(".py")).toList()) {
        files.put(NAME + "/" + module.getFileName(), Files.readAllBytes(module));
      }
    }
    files.put(NAME + "/py.typed", new byte[0]); // its modules have type hints (PEP 561)
    String about = about(python);
    String readme = Files.readString(folder.resolve("README.md"));
    files.put(about + "METADATA", METADATA.formatted(python, readme).getBytes(UTF_8));
    files.put(about + "WHEEL", DESCRIPTION.formatted(python).getBytes(UTF_8));
    files.put(about + "LICENSE", Files.readAllBytes(folder.resolve("../LICENSE")));
    return new Wheel(python, files);
  }

  /**
   * Python's form of a version.
   *
   * @param maven {@code 0.1.0-SNAPSHOT}, {@code 0.2.0-rc1} or {@code 0.2.0}
   * @return {@code 0.1.0.dev0}, {@code 0.2.0rc1} or {@code 0.2.0}
   * @throws IllegalArgumentException if it has another form
   */
  static String pythonVersion(String maven) {
    Matcher parts = MAVEN.matcher(maven);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "Cannot make a wheel of version "
              + maven
              + ": Python has no such form (use numbers, -SNAPSHOT, -alpha1, -beta1 or -rc1)");
    }
    String phase = parts.group(3) == null ? "" : PHASES.get(parts.group(3)) + parts.group(4);
    return parts.group(1) + (parts.group(2) == null ? phase : ".dev0");
  }

  String fileName() {
    return NAME + "-" + version + "-py3-none-any.whl";
  }

  private static String about(String version) {
    return NAME + "-" + version + ".dist-info/";
  }

  /**
   * The file's content.
   *
   * @param time of all entries
   */
  byte[] toBytes(Instant time) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LocalDateTime modified = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        put(zip, file.getKey(), file.getValue(), modified);
      }
      put(zip, about(version) + "RECORD", listed().getBytes(UTF_8), modified);
    }
    return bytes.toByteArray();
  }

  /** Path, checksum and size of every file, and at the end the list itself, which has neither. */
  private String listed() {
    StringBuilder lines = new StringBuilder();
    files.forEach(
        (path, content) ->
            lines.append("%s,sha256=%s,%d\n".formatted(path, checksum(content), content.length)));
    return lines.append(about(version)).append("RECORD,,\n").toString();
  }

  private static String checksum(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private static void put(ZipOutputStream zip, String path, byte[] content, LocalDateTime modified)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(path);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(modified); // of no time zone
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
