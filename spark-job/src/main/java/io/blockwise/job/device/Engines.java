package io.blockwise.job.device;

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
   * An engine for the calling thread. An open choice is settled by what this process can use.
   *
   * @throws UserException if there is no such engine here, its library cannot be used, or there is
   *     no such device
   */
  public static Engine create(EngineChoice choice, Device device) {
    if (choice.isOpen()) {
      return create(EngineSelection.tried(choice, Optional.empty()).choice(), device);
    }
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
  public static EngineDescription usedOn(Device device) {
    return USED.getOrDefault(device, EngineDescription.none(device));
  }

  /**
   * Why an engine that is named cannot be used here: it is absent, there are two of its name, its
   * library cannot be loaded on this machine, as far as that shows, or it does not know the network
   * or the precision. Loads no library.
   *
   * @param expected network to be trained, if it is known so early
   * @return one line; empty if there is nothing against it
   */
  static Optional<String> refusal(EngineChoice choice, Optional<NetworkSpec> expected) {
    try {
      EngineProvider provider = provider(choice.name());
      NetworkSpec network = expected.orElseGet(EngineTrial::network);
      return provider
          .refusal()
          .or(() -> provider.refusal(network, choice.precision()))
          .map(refusal -> said(choice.name(), refusal));
    } catch (UserException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Refuses a network or precision that an engine does not know. Loads no library.
   *
   * @throws UserException also if the engine is absent
   */
  public static void requireTrains(EngineChoice choice, NetworkSpec network) {
    Optional<String> refusal = provider(choice.name()).refusal(network, choice.precision());
    if (refusal.isPresent()) {
      throw new UserException(said(choice.name(), refusal.get()));
    }
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

  /** Version of an engine's library. */
  static String version(EngineName name) {
    return provider(name).version();
  }

  /** The message of a refusal. */
  static String said(EngineName name, String refusal) {
    return "Cannot use engine = " + name + ": " + refusal;
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
