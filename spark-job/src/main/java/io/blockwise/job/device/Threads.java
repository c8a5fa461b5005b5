package io.blockwise.job.device;

import io.blockwise.base.UserException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment of a process with workers: it holds the numerical library to the threads that a
 * worker has, and the C library to the memory that a step has used. Both read it when they are
 * loaded, so it cannot be corrected later.
 */
public final class Threads {
  private static final String VARIABLE = "OMP_NUM_THREADS";

  /** What the libraries take where nothing is set. */
  private static final String ALL = Integer.toString(Runtime.getRuntime().availableProcessors());

  private Threads() {}

  /** Threads that the numerical library of this process takes, whatever it is asked for. */
  public static int ofThisProcess() {
    try {
      return Integer.parseInt(System.getenv().getOrDefault(VARIABLE, ALL));
    } catch (NumberFormatException e) {
      return Runtime.getRuntime().availableProcessors(); // and it is refused
    }
  }

  /** What the environment of a process with workers has to be. */
  public static Map<String, String> environment(int threads) {
    String number = Integer.toString(threads);
    Map<String, String> environment = new TreeMap<>();
    environment.put(VARIABLE, number);
    environment.put("OPENBLAS_NUM_THREADS", number);
    environment.put("OMP_WAIT_POLICY", "passive");
    // OpenBLAS's threads would go on spinning where OpenMP's want to work (docs/performance.md)
    environment.put("OPENBLAS_THREAD_TIMEOUT", "4");
    // What a step frees would go back to the system, to be given and cleared page by page for the
    // next step: up to a third of its time. One arena, since only that may hold large pieces.
    environment.put("MALLOC_ARENA_MAX", "1");
    environment.put("MALLOC_MMAP_MAX_", "0");
    environment.put("MALLOC_TRIM_THRESHOLD_", Long.toString(4L << 30));
    return environment;
  }

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
    if (!environment.getOrDefault(VARIABLE, ALL).equals(expected)) {
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
