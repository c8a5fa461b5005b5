package io.blockwise.job.worker;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.engine.EngineUnavailableException;
import io.blockwise.model.engine.dl4j.Backends;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.Library;
import io.blockwise.model.engine.torch.TorchEngine;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Engines by their configured name. */
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
   * @throws UserException if its library cannot be used here, or there is no such device
   */
  public static Engine create(EngineChoice choice, Device device) {
    try {
      Engine engine =
          switch (choice.name()) {
            case DL4J -> new Dl4jEngine(device);
            case TORCH -> new TorchEngine(device, choice.precision());
          };
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
   * Refuses an engine whose library is not on the class path, before anything is begun. Loads none.
   *
   * @throws UserException if it is absent
   */
  public static void requirePresent(EngineName name) {
    try {
      if (name == EngineName.TORCH) {
        Library.requirePresent();
      }
    } catch (EngineUnavailableException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /**
   * Why an engine cannot compute on a GPU of this process; empty if it can, as far as one can tell.
   *
   * @param capability of the GPU, if it is known
   */
  public static Optional<String> refusal(EngineName name, Optional<ComputeCapability> capability) {
    return switch (name) {
      case DL4J -> Backends.refusal(capability);
      case TORCH -> Library.refusal(capability);
    };
  }
}
