package io.blockwise.job.cli;

import io.blockwise.job.config.CalibrateOptions;
import io.blockwise.job.config.ExportOptions;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import java.util.Optional;

/**
 * What does what the commands say, each by what it is told. All run to the end, and fail with the
 * errors of {@link Configured#run}. Immutable.
 */
public record Actions(
    Configured configured,
    Listing listing,
    Comparing comparing,
    Predicting predicting,
    Calibrating calibrating,
    Shrinking shrinking,
    RollingBack rollingBack,
    Exporting exporting) {
  /** A command on one configuration. */
  @FunctionalInterface
  public interface Configured {
    /**
     * Runs to the end.
     *
     * @throws io.blockwise.base.UserException for what the user must fix (exit code 2)
     * @throws InterruptedException if the thread was interrupted, as Ctrl-C does (exit code 130)
     * @throws Exception for everything else (exit code 1)
     */
    void run(Action action, Settings settings) throws Exception;
  }

  /** The command on what runs have left behind. */
  @FunctionalInterface
  public interface Listing {
    /**
     * Lists them.
     *
     * @param output directory below which the runs are, on any Hadoop file system
     */
    void run(String output) throws Exception;
  }

  /** The command on several configurations. */
  @FunctionalInterface
  public interface Comparing {
    /**
     * Compares them.
     *
     * @param parallel runs at once, at least 1
     */
    void run(Comparison comparison, int parallel) throws Exception;
  }

  /** The command that answers with a published model. */
  @FunctionalInterface
  public interface Predicting {
    /** Answers. */
    void run(PredictOptions options) throws Exception;
  }

  /** The command that says when a published model may answer early. */
  @FunctionalInterface
  public interface Calibrating {
    /** Chooses a threshold. */
    void run(CalibrateOptions options) throws Exception;
  }

  /** The command that leaves trailing blocks of a published model out. */
  @FunctionalInterface
  public interface Shrinking {
    /**
     * Leaves them out.
     *
     * @param drop by how much the accuracy on validation may fall, 0..1
     */
    void run(String model, double drop) throws Exception;
  }

  /** The command that makes an earlier version of a model the published one. */
  @FunctionalInterface
  public interface RollingBack {
    /**
     * Publishes it.
     *
     * @param to version; empty for the one that was published before
     */
    void run(String model, Optional<String> to) throws Exception;
  }

  /** The command that writes a published model for other programs. */
  @FunctionalInterface
  public interface Exporting {
    /** Writes it. */
    void run(ExportOptions options) throws Exception;
  }
}
