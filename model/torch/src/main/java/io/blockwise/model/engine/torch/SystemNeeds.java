package io.blockwise.model.engine.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What libtorch asks of a system beside its files: a C library and a processor that are new enough.
 * What cannot be found out is taken to be so. Thread-safe.
 */
final class SystemNeeds {
  static final String TEXT = "Linux with glibc 2.35 or newer and AVX2";

  private static final int GLIBC_MAJOR = 2;
  private static final int GLIBC_MINOR = 35;
  private static final Pattern GLIBC = Pattern.compile(".*/libc(?:-[0-9.]+)?\\.so(?:\\.6)?");
  private static final String BANNER = "GNU C Library";
  private static final Pattern VERSION = Pattern.compile("version (\\d{1,3})\\.(\\d{1,3})");

  private SystemNeeds() {}

  /** Why this machine does not have it. */
  static Optional<String> refusal() {
    return refusal(Path.of("/proc/self/maps"), Path.of("/proc/cpuinfo"));
  }

  /**
   * The same, of a process and a processor.
   *
   * @param maps files that the process has in memory, among them its C library
   * @param processor as Linux describes it
   */
  static Optional<String> refusal(Path maps, Path processor) {
    return oldGlibc(maps)
        .or(() -> withoutAvx2(processor))
        .map(fact -> fact + ", and it needs " + TEXT + " (use another engine on this machine)");
  }

  private static Optional<String> oldGlibc(Path maps) {
    return lines(maps).stream()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .filter(file -> GLIBC.matcher(file).matches())
        .findFirst()
        .flatMap(SystemNeeds::glibc)
        .filter(SystemNeeds::isOld)
        .map(version -> "the system has glibc " + version.group(1) + "." + version.group(2));
  }

  /** The version that a C library says of itself. */
  private static Optional<Matcher> glibc(String file) {
    try {
      String bytes = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
      int banner = bytes.indexOf(BANNER);
      Matcher version = VERSION.matcher(bytes);
      return banner >= 0 && version.find(banner) ? Optional.of(version) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isOld(Matcher version) {
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    return major < GLIBC_MAJOR || major == GLIBC_MAJOR && minor < GLIBC_MINOR;
  }

  private static Optional<String> withoutAvx2(Path processor) {
    return lines(processor).stream()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .filter(flags -> !(flags + " ").contains(" avx2 "))
        .map(flags -> "the processor has no AVX2");
  }

  private static List<String> lines(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.toList();
    } catch (IOException e) {
      return List.of(); // no Linux
    }
  }
}
