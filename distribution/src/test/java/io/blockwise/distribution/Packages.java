package io.blockwise.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.testing.Command;
import io.blockwise.testing.InstalledSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the build has packaged. Immutable. */
final class Packages {
  static final String VERSION = System.getProperty("blockwise.version");

  private static final Path MODULE = Path.of("").toAbsolutePath();

  /** Folder of the sources. */
  static final Path CHECKOUT = MODULE.getParent();

  static final Path ARCHIVE = MODULE.resolve("target/blockwise-" + VERSION + ".tar.gz");

  private Packages() {}

  /** Spark, Hadoop and all libraries of an engine in one file. */
  static Path jobJar(String engine) {
    return MODULE.resolve(
        "job-%s/target/blockwise-job-%s-%s.jar".formatted(engine, engine, VERSION));
  }

  /** Unpacks the archive into a folder; the result is the folder in it. */
  static Path unpacked(Path into) throws IOException, InterruptedException {
    Command.Result tar =
        Command.of("tar", "xzf", ARCHIVE.toString(), "-C", into.toString())
            .run(Duration.ofMinutes(1));
    assertThat(tar.err()).isEmpty();
    return into.resolve("blockwise-" + VERSION);
  }

  /** All regular files below a folder. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The Spark that the job is compiled against, as if it were installed. */
  static InstalledSpark spark(Path home) throws IOException {
    return InstalledSpark.of(home, files(CHECKOUT.resolve("spark-job/target/spark-home/jars")));
  }
}
