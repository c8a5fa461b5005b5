package io.blockwise.job;

import io.blockwise.job.config.Settings;

/**
 * Another program that trains the same network on the same data set, to compare with. Found by
 * {@link java.util.ServiceLoader}: its jar is on the class path only when it is what trains.
 */
public interface Baseline {
  /** Its name as {@code training.baseline}. */
  String name();

  /**
   * Trains to the end.
   *
   * @throws io.blockwise.base.UserException for what the user must fix (exit code 2)
   * @throws InterruptedException if the thread was interrupted (exit code 130)
   * @throws Exception for everything else (exit code 1)
   */
  void run(Settings settings) throws Exception;
}
