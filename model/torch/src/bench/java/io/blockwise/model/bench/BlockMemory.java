package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.cut.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Most resident memory of training steps of {@code resnet32}, whole or cut into blocks, beyond what
 * the process takes with the network and a batch in it, in MB; beside it what the specification
 * says that the largest block keeps.
 *
 * <pre>
 *   OMP_NUM_THREADS=1 mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=BlockMemory \
 *     -Dbench.args="torch 256 4 activations" -Dbench.jvm="-Xms256m -Xmx256m -XX:+AlwaysPreTouch \\
 *     -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0"
 * </pre>
 *
 * <p>Arguments: engine, rows of a batch, blocks (0: method bp), what they are balanced by. The heap
 * is touched beforehand, since Java's garbage would otherwise count.
 */
public final class BlockMemory {
  private static final int STEPS = 3;

  private BlockMemory() {}

  public static void main(String[] arguments) throws IOException {
    Engine engine =
        arguments[0].equals("torch")
            ? new TorchEngine(Device.CPU, Precision.FLOAT32)
            : new Dl4jEngine(Device.CPU);
    Batch batch = Networks.images(Integer.parseInt(arguments[1]));
    int blocks = Integer.parseInt(arguments[2]);
    Backbone backbone = new Backbone.Resnet32(16);
    Cost.Measure by =
        arguments[3].equals("flops") ? Cost.Measure.FLOPS : Cost.Measure.ACTIVATIONS;
    NetworkSpec spec =
        blocks == 0 ? Networks.network(backbone, "bp") : Networks.cut(backbone, "pred", blocks, by);
    long largest = Cost.of(spec).stream().mapToLong(Cost::activationBytes).max().orElseThrow();
    try (DecoupledNetwork network = new DecoupledNetwork(engine, spec, 1)) {
      network.step(Networks.images(2), k -> 1e-3);
      double before = megabytes("VmRSS:");
      long start = System.nanoTime();
      for (int step = 0; step < STEPS; step++) {
        network.step(batch, k -> 1e-3);
      }
      System.out.printf(
          Locale.ROOT,
          "%s %s, %d rows: %.0f MB more at most, largest block %.0f MB by the specification,"
              + " %.0f ms a step, layers %s%n",
          arguments[0],
          blocks == 0 ? "bp" : blocks + " blocks by " + arguments[3],
          batch.rows(),
          megabytes("VmHWM:") - before,
          (double) largest * batch.rows() / (1 << 20),
          (System.nanoTime() - start) / 1e6 / STEPS,
          spec.blocks().stream().map(block -> block.layers().size()).toList());
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
