package io.blockwise.job.device;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One step of a small network, to learn whether an engine can compute on a device before a worker
 * relies on it. The answer is kept for the life of the process. Thread-safe.
 */
final class EngineTrial {
  private static final Map<Trial, Optional<String>> FAILURES = new ConcurrentHashMap<>();

  private EngineTrial() {}

  private record Trial(EngineChoice engine, Device device) {}

  /**
   * Why the engine cannot compute on the device, in one line; empty if it can.
   *
   * <p>An engine that could not be given up for another device in this process is not tried.
   */
  static Optional<String> failure(EngineChoice engine, Device device) {
    return Engines.canChangeDevice(engine.name())
        ? FAILURES.computeIfAbsent(new Trial(engine, device), EngineTrial::step)
        : Optional.empty();
  }

  private static Optional<String> step(Trial trial) {
    NetworkSpec spec = network();
    try (DecoupledNetwork network =
        new DecoupledNetwork(Engines.create(trial.engine, trial.device), spec, 1)) {
      Batch batch = new Batch(spec.input(), 2);
      batch.rows(2);
      network.step(batch, block -> 0);
      return Optional.empty();
    } catch (RuntimeException | LinkageError e) {
      String message = String.valueOf(e.getMessage());
      return Optional.of(message.lines().findFirst().orElse(e.toString()));
    }
  }

  /** A small network of parts that every engine has. */
  static NetworkSpec network() {
    BlockSpec block =
        new BlockSpec(
            List.of(new LayerSpec.Convolution(3, 3, 1, 1, false), new LayerSpec.BatchNorm()),
            new LossSpec.CrossEntropy(),
            new ExitSpec(Features.POOLED),
            new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant()));
    return new NetworkSpec(Shape.map(3, 8, 8), 2, List.of(block));
  }
}
