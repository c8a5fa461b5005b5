package io.blockwise.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Python of this machine, which has the package from the wheel alone. */
final class Python {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private Python() {}

  /** The wheel that this build made. */
  static Path wheel() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      List<Path> wheels = files.filter(file -> file.toString().endsWith(".whl")).toList();
      assertThat(wheels).hasSize(1);
      return wheels.get(0).toAbsolutePath();
    }
  }

  static void requireNumPy() throws InterruptedException {
    assumeTrue(has("numpy"), "skipped: there is no python3 with NumPy here");
  }

  /** Whether it can import a module. */
  static boolean has(String module) throws InterruptedException {
    try {
      return Command.of("python3", "-c", "import " + module).run(LONGEST).code() == 0;
    } catch (IOException e) {
      return false; // there is no python3
    }
  }

  /** What a program prints that imports the package from the wheel, which is in no folder here. */
  static String run(String... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  /** The same with variables of the environment. */
  static String run(Map<String, String> variables, String... arguments)
      throws IOException, InterruptedException {
    Command.Result result =
        Command.of("python3")
            .with(arguments)
            .in(Path.of("target/test-classes"))
            .with(Map.of("PYTHONPATH", wheel().toString(), "PYTHONDONTWRITEBYTECODE", "1"))
            .with(variables)
            .run(LONGEST);
    assertThat(result.code()).as(result.err()).isZero();
    return result.out();
  }
}
