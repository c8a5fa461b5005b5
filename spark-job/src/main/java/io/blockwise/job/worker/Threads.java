package io.blockwise.job.worker;

import io.blockwise.base.UserException;
import java.util.Map;

/**
 * Holds the numerical library to the threads that a worker has. It reads them from the environment
 * when it is loaded, so they cannot be corrected later.
 */
public final class Threads {
  private static final String VARIABLE = "OMP_NUM_THREADS";

  private Threads() {}

  /**
   * Compares the environment of a process with what its workers should have.
   *
   * @throws UserException if they differ
   */
  public static void require(int threads, Map<String, String> environment) {
    String advice = "start with bin/blockwise, or export " + VARIABLE + "=" + threads;
    require(threads, environment, advice);
  }

  /**
   * The same in an executor's process, of which Spark sets the environment.
   *
   * @throws UserException if they differ
   */
  public static void requireOnExecutor(int threads, Map<String, String> environment) {
    String advice = "set spark.executorEnv." + VARIABLE + " to " + threads + ", or leave it out";
    require(threads, environment, advice);
  }

  private static void require(int threads, Map<String, String> environment, String advice) {
    String expected = Integer.toString(threads);
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
              + " ("
              + advice
              + ")");
    }
  }
}
