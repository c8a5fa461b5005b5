package io.blockwise.job.worker;

import io.blockwise.model.engine.ComputeCapability;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks NVIDIA's driver about a GPU, through its command {@code nvidia-smi}. */
public final class GpuProbe {
  private static final int SECONDS = 20;

  private GpuProbe() {}

  /** Compute capability of a GPU; empty if there is no such command, device or answer. */
  public static Optional<ComputeCapability> capability(String index) {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader", "-i", index)
              .redirectErrorStream(true)
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      try (BufferedReader answer = process.inputReader()) {
        return Optional.ofNullable(answer.readLine()).flatMap(ComputeCapability::parse);
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
