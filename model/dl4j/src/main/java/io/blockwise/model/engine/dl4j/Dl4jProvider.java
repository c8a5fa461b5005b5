package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineProvider;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.util.Optional;

/** Offers the engine on ND4J's native operations. */
public final class Dl4jProvider implements EngineProvider {
  static final String NAME = "dl4j";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return Backends.version();
  }

  @Override
  public Optional<String> refusal() {
    return Backends.absence();
  }

  @Override
  public Optional<String> refusal(NetworkSpec network, Precision precision) {
    return Repertoire.OF_DL4J.refusal(network, precision);
  }

  @Override
  public Optional<String> refusalOfGpu(Optional<ComputeCapability> capability) {
    return Backends.refusal(capability);
  }

  /** ND4J loads one library per process, for the CPU or for CUDA. */
  @Override
  public boolean canChangeDevice() {
    return false;
  }

  @Override
  public Engine create(Device device, Precision precision) {
    return new Dl4jEngine(device);
  }
}
