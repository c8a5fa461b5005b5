package io.blockwise.job.worker;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.engine.EngineProvider;
import io.blockwise.model.engine.EngineProviders;
import io.blockwise.model.engine.EngineUnavailableException;
import io.blockwise.model.spec.NetworkSpec;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Engines by their configured name, from the jars on the class path. Thread-safe. */
public final class Engines {
  private static final Map<Device, EngineDescription> USED = new ConcurrentHashMap<>();

  private Engines() {}

  /** An engine on the CPU for the calling thread. */
  public static Engine create(EngineChoice choice) {
    return create(choice, Device.CPU);
  }

  /**
   * An engine for the calling thread.
   *
   * @throws UserException if there is no such engine here, its library cannot be used, or there is
   *     no such device
   */
  public static Engine create(EngineChoice choice, Device device) {
    try {
      Engine engine = provider(choice.name()).create(device, choice.precision());
      USED.compute(
          device,
          (key, known) ->
              known != null && known.engine().equals(engine.name()) ? known : engine.description());
      return engine;
    } catch (EngineUnavailableException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /** The engine that this process has created last on a device; says none if it has not. */
  static EngineDescription usedOn(Device device) {
    return USED.getOrDefault(device, EngineDescription.none(device));
  }

  /**
   * Refuses an engine that cannot be used here, before anything is begun. Loads no library.
   *
   * @param expected network to be trained, if it is known so early
   * @throws UserException if it is absent, there are two of its name, its library cannot be loaded
   *     on this machine, as far as that shows, or it does not know the network or the precision
   */
  public static void requireUsable(EngineChoice choice, Optional<NetworkSpec> expected) {
    refuse(choice, provider(choice.name()).refusal());
    requireTrains(choice, expected.orElseGet(EngineTrial::network));
  }

  /**
   * Refuses a network or precision that an engine does not know. Loads no library.
   *
   * @throws UserException also if the engine is absent
   */
  public static void requireTrains(EngineChoice choice, NetworkSpec network) {
    refuse(choice, provider(choice.name()).refusal(network, choice.precision()));
  }

  /**
   * Why an engine cannot compute on a GPU of this process; empty if it can, as far as one can tell.
   *
   * @param capability of the GPU, if it is known
   */
  public static Optional<String> refusalOfGpu(
      EngineName name, Optional<ComputeCapability> capability) {
    return provider(name).refusalOfGpu(capability);
  }

  /** Whether a process in which an engine was tried on one device can use it on another. */
  static boolean canChangeDevice(EngineName name) {
    return provider(name).canChangeDevice();
  }

  private static void refuse(EngineChoice choice, Optional<String> refusal) {
    refusal.ifPresent(
        reason -> {
          throw new UserException("Cannot use engine = " + choice.name() + ": " + reason);
        });
  }

  private static EngineProvider provider(EngineName name) {
    return provider(name, Engines.class.getClassLoader());
  }

  /** The provider of a name among those that a loader finds. */
  static EngineProvider provider(EngineName name, ClassLoader loader) {
    try {
      return EngineProviders.of(loader).named(name.text());
    } catch (EngineUnavailableException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
