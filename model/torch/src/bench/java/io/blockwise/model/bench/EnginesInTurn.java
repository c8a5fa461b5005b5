package io.blockwise.model.bench;

import com.sun.management.OperatingSystemMXBean;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Steps of {@code vgg-small} or {@code vgg8} by both engines and several methods in turn, in one process, so that
 * whatever else the machine does falls on all of them: milliseconds of a step, and CPU time of all
 * threads in it, which other programs change less.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 OMP_WAIT_POLICY=passive OPENBLAS_THREAD_TIMEOUT=4 \
 *     mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=EnginesInTurn \
 *     -Dbench.args="128 40 pred vgg8:predsim"
 * </pre>
 *
 * <p>Arguments: rows of a batch, steps, methods; with {@code vgg8:} in front that backbone.
 */
public final class EnginesInTurn {
  private static final int WARM = 5;

  private EnginesInTurn() {}

  public static void main(String[] arguments) {
    Batch batch = Networks.images(Integer.parseInt(arguments[0]));
    int steps = Integer.parseInt(arguments[1]);
    List<Turns> all = new ArrayList<>();
    for (String method : Arrays.asList(arguments).subList(2, arguments.length)) {
      all.add(new Turns(new Dl4jEngine(), method, steps));
      all.add(new Turns(new TorchEngine(Device.CPU, Precision.FLOAT32), method, steps));
    }
    for (int i = -WARM; i < steps; i++) {
      for (Turns turns : all) {
        turns.step(batch, i);
      }
    }
    all.forEach(Turns::print);
  }

  /** The steps of one engine and method. */
  private static final class Turns {
    private static final OperatingSystemMXBean SYSTEM =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final String name;
    private final DecoupledNetwork network;
    private final double[] clock;
    private final double[] cpu;

    Turns(Engine engine, String method, int steps) {
      name = method + " " + engine.name();
      network = new DecoupledNetwork(engine, network(method), 1);
      clock = new double[steps];
      cpu = new double[steps];
    }

    private static NetworkSpec network(String text) {
      return text.startsWith("vgg8:")
          ? Networks.network(new Backbone.Vgg8(128), text.substring("vgg8:".length()))
          : Networks.vggSmall(text);
    }

    void step(Batch batch, int i) {
      long cpuBefore = SYSTEM.getProcessCpuTime();
      long before = System.nanoTime();
      network.step(batch, k -> 1e-3);
      if (i >= 0) {
        clock[i] = (System.nanoTime() - before) / 1e6;
        cpu[i] = (SYSTEM.getProcessCpuTime() - cpuBefore) / 1e6;
      }
    }

    void print() {
      Arrays.sort(clock);
      Arrays.sort(cpu);
      int middle = clock.length / 2;
      System.out.printf(
          Locale.ROOT,
          "%-14s least %.0f, median %.0f ms; CPU least %.0f, median %.0f ms; of %d steps%n",
          name, clock[0], clock[middle], cpu[0], cpu[middle], clock.length);
    }
  }
}
