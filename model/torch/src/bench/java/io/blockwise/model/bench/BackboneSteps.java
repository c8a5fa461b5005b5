package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.assembly.Method;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Steps of an image backbone by the torch engine with a classifier that reads a grid, beside {@code
 * src/bench/python/bp_step.py}, which does the same in PyTorch: median and least of the steps after
 * three that are not counted, and the process's most resident memory with what it had before.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=BackboneSteps \
 *     -Dbench.args="resnet18 bp 100 32 128 20" -Dbench.jvm="-Xms512m -Xmx512m -XX:+AlwaysPreTouch"
 * </pre>
 *
 * <p>Arguments: backbone, method bp or pred, classes, side of the images, rows of a batch, steps.
 */
public final class BackboneSteps {
  private static final int WARM = 3;

  private BackboneSteps() {}

  public static void main(String[] arguments) throws IOException {
    Backbone backbone =
        switch (arguments[0]) {
          case "vgg8" -> new Backbone.Vgg8(128);
          case "resnet18" -> new Backbone.Resnet18(64, Backbone.Shortcut.CONV1X1, Backbone.Activation.RELU);
          case "resnet32" -> new Backbone.Resnet32(16);
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    int classes = Integer.parseInt(arguments[2]);
    int side = Integer.parseInt(arguments[3]);
    Shape image = Shape.map(3, side, side);
    Method.Parts parts =
        new Method.Parts(
            new LossSpec.CrossEntropy(),
            new ExitSpec(Features.GRID),
            new OptimiserSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant()));
    Batch batch = Networks.images(image, classes, Integer.parseInt(arguments[4]));
    double[] steps = new double[Integer.parseInt(arguments[5])];
    try (DecoupledNetwork network =
        new DecoupledNetwork(
            new TorchEngine(Device.CPU, Precision.FLOAT32),
            Method.parse(arguments[1]).network(image, classes, backbone.blocks(), parts),
            1)) {
      double before = megabytes("VmRSS:");
      for (int i = -WARM; i < steps.length; i++) {
        long start = System.nanoTime();
        network.step(batch, k -> 1e-3);
        if (i >= 0) {
          steps[i] = (System.nanoTime() - start) / 1e6;
        }
      }
      Arrays.sort(steps);
      System.out.printf(
          Locale.ROOT,
          "%s: median %.0f ms, least %.0f, %.0f MB at most, of which %.0f before%n",
          String.join(" ", arguments),
          steps[steps.length / 2],
          steps[0],
          megabytes("VmHWM:"),
          before);
    }
  }

  private static double megabytes(String line) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(each -> each.startsWith(line))
            .mapToLong(each -> Long.parseLong(each.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow()
        / 1024.0;
  }
}
