package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Precision;
import java.util.List;

/**
 * {@code vgg-small} from the same numbers on the CPU in float32 and on a device in every precision:
 * how far losses are apart, step by step. Rounding grows through Adam's first steps.
 *
 * <pre>
 *   mvn -q -Pbench,cuda-torch -pl model/torch -am process-test-classes -Dbench=DevicesAgree \
 *     -Dbench.args="20" -Dbench.jvm="-Xmx3g -Dbench.device=0"
 * </pre>
 */
public final class DevicesAgree {
  private static final int ROWS = 64;

  private DevicesAgree() {}

  public static void main(String[] arguments) {
    int steps = Integer.parseInt(arguments[0]);
    for (String method : List.of("bp", "scpl")) {
      for (Precision precision : Precision.values()) {
        compare(method, precision, steps);
      }
    }
  }

  private static void compare(String method, Precision precision, int steps) {
    Device device = Devices.chosen();
    try (DecoupledNetwork cpu = network(Device.CPU, Precision.FLOAT32, method);
        DecoupledNetwork other = network(device, precision, method)) {
      Batch batch = Networks.images(ROWS);
      System.out.printf("%s, cpu against %s in %s:", method, device, precision);
      for (int step = 1; step <= steps; step++) {
        double apart = apart(cpu.step(batch, k -> 1e-3), other.step(batch, k -> 1e-3));
        System.out.printf(" %.1e", apart);
      }
      System.out.println();
    }
  }

  private static DecoupledNetwork network(Device device, Precision precision, String method) {
    return new DecoupledNetwork(new TorchEngine(device, precision), Networks.vggSmall(method), 1);
  }

  private static double apart(List<StepResult> ones, List<StepResult> others) {
    double apart = 0;
    for (int k = 0; k < ones.size(); k++) {
      for (int i = 0; i < ones.get(k).losses().size(); i++) {
        LossTerm one = ones.get(k).losses().get(i);
        LossTerm other = others.get(k).losses().get(i);
        apart = Math.max(apart, Math.abs(one.value() - other.value()) / Math.abs(one.value()));
      }
    }
    return apart;
  }
}
