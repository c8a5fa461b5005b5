package io.blockwise.job.device;

import io.blockwise.model.engine.ComputeCapability;
import io.blockwise.model.engine.NvidiaDriver;
import java.util.Optional;

/** What NVIDIA's driver says about a GPU. */
final class GpuProbe {
  private GpuProbe() {}

  /** Compute capability of a GPU; empty if there is no such device or answer. */
  static Optional<ComputeCapability> capability(String index) {
    return NvidiaDriver.ask("compute_cap", index).flatMap(ComputeCapability::parse);
  }
}
