package io.blockwise.job.device;

import io.blockwise.base.UserException;
import io.blockwise.job.config.DeviceName;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
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
   * Chooses for a task. If the choice is free, a GPU is tried once in a process before it is taken.
   *
   * @param wanted what is configured
   * @param address of the GPU that Spark has assigned to the task, if it has
   * @throws UserException if a GPU is demanded and cannot be used
   */
  public static DeviceChoice of(DeviceName wanted, EngineChoice engine, Optional<String> address) {
    if (wanted == DeviceName.CPU || wanted == DeviceName.AUTO && address.isEmpty()) {
      return CPU;
    }
    if (address.isEmpty()) {
      throw new UserException(
          "Cannot train on a GPU: Spark has assigned none to the worker (set "
              + GpuProperties.NEEDED
              + ", or device = auto)");
    }
    Optional<String> refusal = refusal(engine.name(), address.get());
    return refusal.isPresent()
        ? without(wanted, address.get(), refusal.get())
        : tried(wanted, address.get(), device -> EngineTrial.failure(engine, device));
  }

  /**
   * Tries a device that nothing is known against, unless it is demanded: then its own error says
   * more.
   *
   * @param trial computes something on it; why it failed, empty if it did not
   */
  static DeviceChoice tried(
      DeviceName wanted, String address, Function<Device, Optional<String>> trial) {
    Device device = Device.gpu(Integer.parseInt(address));
    Optional<String> failure = wanted == DeviceName.GPU ? Optional.empty() : trial.apply(device);
    return failure
        .map(reason -> without(wanted, address, reason))
        .orElseGet(() -> new DeviceChoice(device, ""));
  }

  private static DeviceChoice without(DeviceName wanted, String address, String reason) {
    String fact = "GPU " + address + " cannot be used: " + reason;
    if (wanted == DeviceName.GPU) {
      throw new UserException(
          "Cannot train: " + fact + " (use another GPU or build, or set device = auto)");
    }
    return new DeviceChoice(Device.CPU, fact + "; training on the CPU");
  }

  private static Optional<String> refusal(EngineName engine, String address) {
    if (!address.matches("\\d{1,4}")) {
      return Optional.of(
          "its address is no number; have the discovery script print indices as bin/find-gpus does");
    }
    // Whoever cannot use any GPU need not look at this one.
    return Engines.refusalOfGpu(engine, Optional.empty())
        .or(() -> Engines.refusalOfGpu(engine, GpuProbe.capability(address)));
  }
}
