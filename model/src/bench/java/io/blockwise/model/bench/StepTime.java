package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Time of one training step of {@code vgg-small} with Adam on random images, in milliseconds.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 \
 *     mvn -q -Pbench -pl model test-compile exec:exec -Dbench=StepTime -Dbench.args="bp 128 30"
 * </pre>
 *
 * <p>Arguments: method ({@code bp}, {@code pred}, {@code scpl}), batch size, steps after ten that
 * are not counted.
 */
public final class StepTime {
  private StepTime() {}

  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[1]);
    double[] times = new double[Integer.parseInt(arguments[2])];
    try (DecoupledNetwork network =
        new DecoupledNetwork(new Dl4jEngine(), Networks.vggSmall(arguments[0]), 1)) {
      Batch batch = images(rows);
      for (int i = -10; i < times.length; i++) {
        long start = System.nanoTime();
        network.step(batch, k -> 1e-3);
        if (i >= 0) {
          times[i] = (System.nanoTime() - start) / 1e6;
        }
      }
    }
    print(String.format("blockwise %s batch %d", arguments[0], rows), times);
  }

  /** Random images of ten classes. */
  static Batch images(int rows) {
    Shape shape = Shape.map(3, 32, 32);
    Batch batch = new Batch(shape, rows);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < rows * shape.elements(); i++) {
      batch.inputs()[i] = (float) random.nextDouble(-2, 2);
    }
    for (int row = 0; row < rows; row++) {
      batch.labels()[row] = row % 10;
    }
    batch.rows(rows);
    return batch;
  }

  static void print(String what, double[] times) {
    Arrays.sort(times);
    System.out.printf(
        "%s, %s threads: median %.1f ms, min %.1f, max %.1f (%d steps)%n",
        what,
        System.getenv("OMP_NUM_THREADS"),
        times[times.length / 2],
        times[0],
        times[times.length - 1],
        times.length);
  }
}
