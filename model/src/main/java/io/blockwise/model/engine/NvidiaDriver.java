package io.blockwise.model.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks NVIDIA's driver about GPUs, through its command {@code nvidia-smi}. */
public final class NvidiaDriver {
  private static final int SECONDS = 20;

  private NvidiaDriver() {}

  /**
   * A property of a GPU.
   *
   * @param property as {@code nvidia-smi --help-query-gpu} names it: {@code compute_cap}
   * @param index of the GPU in the order of the bus
   * @return empty if there is no such command, device or answer
   */
  public static Optional<String> ask(String property, String index) {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=" + property, "--format=csv,noheader", "-i", index)
              .redirectErrorStream(true)
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      try (BufferedReader answer = process.inputReader()) {
        return process.exitValue() == 0
            ? Optional.ofNullable(answer.readLine()).map(String::strip)
            : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
