package io.blockwise.job.training;

import io.blockwise.job.UserException;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.config.Settings;
import java.util.Map;

/**
 * Holds the numerical library to the threads that a worker has. It reads them from the environment
 * when it is loaded, so they cannot be corrected later.
 */
final class Threads {
  private static final String VARIABLE = "OMP_NUM_THREADS";

  private Threads() {}

  /**
   * Compares the environment with what the workers should have.
   *
   * @throws UserException if they differ
   */
  static void require(Settings settings, Map<String, String> environment) {
    String expected = Integer.toString(LaunchEnvironment.threads(settings));
    String found = environment.getOrDefault(VARIABLE, "not set");
    if (!found.equals(expected)) {
      throw new UserException(
          "Cannot train: "
              + VARIABLE
              + " is "
              + found
              + ", but every worker has "
              + expected
              + (expected.equals("1") ? " thread" : " threads")
              + " (start with bin/blockwise, or export "
              + VARIABLE
              + "="
              + expected
              + ")");
    }
  }
}
