package io.blockwise.job.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files of the repository that belong to the configuration. */
public final class Repository {
  static final Path CONF = conf();

  private Repository() {}

  static List<Path> shippedConfs() {
    try (Stream<Path> files = Files.list(CONF)) {
      return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of one run. */
  static List<Path> shippedRuns() {
    return shippedConfs().stream().filter(file -> !isComparison(file)).toList();
  }

  /** Those of several runs. */
  public static List<Path> shippedComparisons() {
    return shippedConfs().stream().filter(Repository::isComparison).toList();
  }

  private static boolean isComparison(Path conf) {
    return conf.getFileName().toString().startsWith("compare-");
  }

  private static Path conf() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("conf/quickstart.conf"))) {
      directory = directory.getParent();
    }
    return directory.resolve("conf");
  }
}
