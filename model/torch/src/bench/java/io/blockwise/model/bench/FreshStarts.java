package io.blockwise.model.bench;

import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Starts processes that load libtorch and take one step, every second one with an empty cache, and
 * counts those that fail.
 *
 * <pre>
 *   mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=FreshStarts -Dbench.args=100
 * </pre>
 */
public final class FreshStarts {
  private FreshStarts() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      step();
      return;
    }
    int starts = Integer.parseInt(arguments[0]);
    Path cache = Files.createTempDirectory("blockwise-cache");
    int failed = 0;
    for (int i = 0; i < starts; i++) {
      if (i % 2 == 0) {
        delete(cache);
      }
      int code = start(cache);
      failed += code == 0 ? 0 : 1;
      if (code != 0) {
        System.out.printf("start %d: exit code %d%n", i + 1, code);
      }
    }
    delete(cache);
    System.out.printf("%d starts, every second one with an empty cache: %d failed%n", starts, failed);
  }

  private static void step() {
    try (DecoupledNetwork network =
        new DecoupledNetwork(new TorchEngine(), Networks.vggSmall("scpl"), 1)) {
      network.step(Networks.images(8), k -> 1e-3);
    }
  }

  private static int start(Path cache) throws IOException, InterruptedException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Dorg.bytedeco.javacpp.cachedir=" + cache.resolve("files"),
            "-cp",
            System.getProperty("java.class.path"),
            FreshStarts.class.getName())
        .inheritIO()
        .start()
        .waitFor();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
  }
}
