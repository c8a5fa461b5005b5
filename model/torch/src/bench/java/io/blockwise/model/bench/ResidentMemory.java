package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.NvidiaDriver;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Resident memory of the process over many steps of {@code vgg-small}, in MB, and that of the
 * device where it is a GPU ({@code -Dbench.device=0} in {@code bench.jvm}).
 *
 * <pre>
 *   OMP_NUM_THREADS=2 mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=ResidentMemory \
 *     -Dbench.args="torch scpl 10000 8" -Dbench.jvm="-Xms512m -Xmx512m -XX:+AlwaysPreTouch"
 * </pre>
 *
 * <p>Arguments: engine, method, steps, rows of a batch (8). The heap is touched beforehand, since Java's garbage would otherwise look like growth.
 */
public final class ResidentMemory {
  private ResidentMemory() {}

  public static void main(String[] arguments) throws IOException {
    Device device = Devices.chosen();
    Engine engine =
        arguments[0].equals("torch")
            ? new TorchEngine(device, Precision.FLOAT32)
            : new Dl4jEngine(device);
    int steps = Integer.parseInt(arguments[2]);
    int rows = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 8;
    int first = steps / 20;
    double start = 0;
    try (DecoupledNetwork network =
        new DecoupledNetwork(engine, Networks.vggSmall(arguments[1]), 1)) {
      Batch whole = Networks.images(rows);
      Batch last = Networks.images(rows / 2);
      for (int step = 1; step <= steps; step++) {
        // now and then a shorter one, as the last of an evaluation is
        network.step(step % 10 == 0 ? last : whole, k -> 1e-3);
        if (step == first) {
          start = resident();
        }
        if (step == first || step % (steps / 10) == 0) {
          System.out.printf("step %d: %.1f MB%s%n", step, resident(), onDevice(device));
        }
      }
    }
    System.out.printf("growth after step %d: %.1f MB%n", first, resident() - start);
  }

  private static String onDevice(Device device) {
    return device.kind() == Device.Kind.CPU
        ? ""
        : ", on the device "
            + NvidiaDriver.ask("memory.used", Integer.toString(device.index())).orElse("unknown");
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
