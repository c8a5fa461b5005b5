package io.blockwise.job.cli;

import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;

/** Does what the commands say. */
@FunctionalInterface
public interface Actions {
  /**
   * Runs to the end.
   *
   * @throws io.blockwise.base.UserException for what the user must fix (exit code 2)
   * @throws InterruptedException if the thread was interrupted, as Ctrl-C does (exit code 130)
   * @throws Exception for everything else (exit code 1)
   */
  void run(Action action, Settings settings) throws Exception;

  /** The command on what runs have left behind. */
  @FunctionalInterface
  interface Listing {
    /**
     * Runs to the end, with the same errors as {@link Actions#run}.
     *
     * @param output directory below which the runs are, on any Hadoop file system
     */
    void run(String output) throws Exception;
  }

  /** The command on several configurations. */
  @FunctionalInterface
  interface Comparing {
    /**
     * Runs to the end, with the same errors as {@link Actions#run}.
     *
     * @param parallel runs at once, at least 1
     */
    void run(Comparison comparison, int parallel) throws Exception;
  }

  /** The command that answers with a published model. */
  @FunctionalInterface
  interface Predicting {
    /** Runs to the end, with the same errors as {@link Actions#run}. */
    void run(PredictOptions options) throws Exception;
  }
}
