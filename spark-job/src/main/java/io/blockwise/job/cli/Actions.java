package io.blockwise.job.cli;

import io.blockwise.job.config.Settings;
import java.util.function.UnaryOperator;

/**
 * What the commands do. Immutable.
 *
 * @param prepare raw files to a data set
 * @param train prepares if need be, trains, evaluates and publishes
 * @param evaluate reads a published model back and measures it
 * @param plan says what a training would take, without training
 * @param runs lists the runs below an output
 */
public record Actions(Action prepare, Action train, Action evaluate, Action plan, Listing runs) {
  /** One command. */
  @FunctionalInterface
  public interface Action {
    /**
     * Runs to the end.
     *
     * @throws io.blockwise.base.UserException for what the user must fix (exit code 2)
     * @throws InterruptedException if the thread was interrupted, as Ctrl-C does (exit code 130)
     * @throws Exception for everything else (exit code 1)
     */
    void run(Settings settings) throws Exception;
  }

  /** A command on what runs have left behind. */
  @FunctionalInterface
  public interface Listing {
    /**
     * Runs to the end, with the same errors as {@link Action#run}.
     *
     * @param output directory below which the runs are, on any Hadoop file system
     */
    void run(String output) throws Exception;
  }

  /** The same commands, those with a configuration as {@code wrapper} makes them. */
  public Actions map(UnaryOperator<Action> wrapper) {
    return new Actions(
        wrapper.apply(prepare),
        wrapper.apply(train),
        wrapper.apply(evaluate),
        wrapper.apply(plan),
        runs);
  }
}
