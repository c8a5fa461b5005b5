package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineProvider;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.util.Optional;

/** Offers the engine on libtorch, the reference: every layer, head, loss and precision. */
public final class TorchProvider implements EngineProvider {
  static final String NAME = "torch";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return Library.version();
  }

  @Override
  public Optional<String> refusal() {
    return Library.absence().or(SystemNeeds::refusal);
  }

  @Override
  public Optional<String> refusal(NetworkSpec network, Precision precision) {
    return Optional.empty();
  }

  @Override
  public Optional<String> refusalOfGpu(Optional<ComputeCapability> capability) {
    return Library.refusal(capability);
  }

  @Override
  public boolean canChangeDevice() {
    return true;
  }

  @Override
  public Engine create(Device device, Precision precision) {
    return new TorchEngine(device, precision);
  }
}
