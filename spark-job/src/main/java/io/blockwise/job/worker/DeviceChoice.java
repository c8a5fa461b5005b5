package io.blockwise.job.worker;

import io.blockwise.job.UserException;
import io.blockwise.job.config.DeviceName;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import java.util.Optional;
import java.util.function.Function;

/**
 * On which device a worker computes, and why not on another. Immutable.
 *
 * @param notice what the user should know about it, one line; empty if nothing
 */
public record DeviceChoice(Device device, String notice) {
  /** The CPU, as is to be expected. */
  public static final DeviceChoice CPU = new DeviceChoice(Device.CPU, "");

  /**
   * Chooses for a task.
   *
   * @param wanted what is configured
   * @param address of the GPU that Spark has assigned to the task, if it has
   * @param probe finds out the compute capability of the GPU at an address, if it can
   * @throws UserException if a GPU is demanded and cannot be used
   */
  public static DeviceChoice of(
      DeviceName wanted,
      EngineName engine,
      Optional<String> address,
      Function<String, Optional<ComputeCapability>> probe) {
    if (wanted == DeviceName.CPU || wanted == DeviceName.AUTO && address.isEmpty()) {
      return CPU;
    }
    if (address.isEmpty()) {
      throw new UserException(
          "Cannot train on a GPU: Spark has assigned none to the worker (set"
              + " spark.executor.resource.gpu.amount and"
              + " spark.executor.resource.gpu.discoveryScript, or device = auto)");
    }
    Optional<String> refusal = refusal(engine, address.get(), probe);
    if (refusal.isEmpty()) {
      return new DeviceChoice(Device.gpu(Integer.parseInt(address.get())), "");
    }
    String fact = "GPU " + address.get() + " cannot be used: " + refusal.get();
    if (wanted == DeviceName.GPU) {
      throw new UserException(
          "Cannot train: " + fact + " (use another GPU or build, or set device = auto)");
    }
    return new DeviceChoice(Device.CPU, fact + "; training on the CPU");
  }

  private static Optional<String> refusal(
      EngineName engine, String address, Function<String, Optional<ComputeCapability>> probe) {
    if (!address.matches("\\d{1,4}")) {
      return Optional.of(
          "its address is no number; have the discovery script print indices as bin/find-gpus does");
    }
    // Whoever cannot use any GPU need not look at this one.
    return Engines.refusal(engine, Optional.empty())
        .or(() -> Engines.refusal(engine, probe.apply(address)));
  }
}
