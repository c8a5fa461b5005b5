package io.blockwise.job;

import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineProvider;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.util.Optional;

/** Another engine that calls itself torch, and computes nothing. */
public final class TorchInName implements EngineProvider {
  @Override
  public String name() {
    return "torch";
  }

  @Override
  public String version() {
    return "0";
  }

  @Override
  public Optional<String> refusal() {
    return Optional.empty();
  }

  @Override
  public Optional<String> refusal(NetworkSpec network, Precision precision) {
    return Optional.empty();
  }

  @Override
  public Optional<String> refusalOfGpu(Optional<ComputeCapability> capability) {
    return Optional.empty();
  }

  @Override
  public boolean canChangeDevice() {
    return true;
  }

  @Override
  public Engine create(Device device, Precision precision) {
    throw new UnsupportedOperationException();
  }
}
