package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Precision;
import java.util.Arrays;
import java.util.Locale;

/**
 * Time of a step of {@code vgg-small} with everything that a worker's step has: the batch's way to
 * the device, all blocks, and reading their figures. Prints every round.
 *
 * <pre>
 *   mvn -q -Pbench,cuda-torch -pl model/torch -am process-test-classes -Dbench=StepTime \
 *     -Dbench.args="scpl 128 float32 2" -Dbench.jvm="-Xmx3g -Dbench.device=0"
 * </pre>
 *
 * <p>Arguments: method, rows of a batch, precision, seconds of each of five rounds. Rounds differ by
 * a fifth where the host is what limits, so measure what is to be compared in turns.
 */
public final class StepTime {
  private static final int ROUNDS = 5;
  private static final int WARM = 20;

  private StepTime() {}

  public static void main(String[] arguments) {
    Device device = Devices.chosen();
    int rows = Integer.parseInt(arguments[1]);
    Precision precision = Precision.valueOf(arguments[2].toUpperCase(Locale.ROOT));
    double seconds = Double.parseDouble(arguments[3]);
    TorchEngine engine = new TorchEngine(device, precision);
    System.out.println(engine.description());
    try (DecoupledNetwork network =
        new DecoupledNetwork(engine, Networks.vggSmall(arguments[0]), 1)) {
      Batch batch = Networks.images(rows);
      for (int i = 0; i < WARM; i++) {
        network.step(batch, k -> 1e-3);
      }
      for (int round = 1; round <= ROUNDS; round++) {
        double[] steps = steps(network, batch, seconds);
        System.out.printf(
            "%s, round %d: median %.3f ms, least %.3f, of %d steps%n",
            String.join(" ", arguments), round, steps[steps.length / 2], steps[0], steps.length);
      }
    }
  }

  /** Milliseconds, in order of size. Every step ends with its figures on the host. */
  private static double[] steps(DecoupledNetwork network, Batch batch, double seconds) {
    double[] steps = new double[0];
    long start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 1e9) {
      long before = System.nanoTime();
      network.step(batch, k -> 1e-3);
      steps = Arrays.copyOf(steps, steps.length + 1);
      steps[steps.length - 1] = (System.nanoTime() - before) / 1e6;
    }
    Arrays.sort(steps);
    return steps;
  }
}
