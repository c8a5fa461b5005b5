package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Resident memory of the process over many steps of {@code vgg-small} at batch 8, in MB.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 mvn -q -Pbench -pl model test-compile exec:exec -Dbench=ResidentMemory \
 *     -Dbench.args="torch scpl 10000" -Dbench.jvm="-Xms512m -Xmx512m -XX:+AlwaysPreTouch"
 * </pre>
 *
 * <p>The heap is touched beforehand, since Java's garbage would otherwise look like growth.
 */
public final class ResidentMemory {
  private static final int FIRST = 500;

  private ResidentMemory() {}

  public static void main(String[] arguments) throws IOException {
    Engine engine = arguments[0].equals("torch") ? new TorchEngine() : new Dl4jEngine();
    int steps = Integer.parseInt(arguments[2]);
    double start = 0;
    try (DecoupledNetwork network =
        new DecoupledNetwork(engine, Networks.vggSmall(arguments[1]), 1)) {
      Batch batch = Networks.images(8);
      for (int step = 1; step <= steps; step++) {
        network.step(batch, k -> 1e-3);
        if (step == FIRST) {
          start = resident();
        }
        if (step == FIRST || step % (steps / 10) == 0) {
          System.out.printf("step %d: %.1f MB%n", step, resident());
        }
      }
    }
    System.out.printf("growth after step %d: %.1f MB%n", FIRST, resident() - start);
  }

  private static double resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        / 1024.0;
  }
}
