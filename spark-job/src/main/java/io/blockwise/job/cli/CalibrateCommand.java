package io.blockwise.job.cli;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.job.config.CalibrateOptions;
import io.blockwise.job.config.GuaranteeSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that takes a model and rows that it has not seen. Used by one thread. */
@Command
final class CalibrateCommand implements Callable<Integer> {
  private final Actions.Calibrating action;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description =
          "Directory of a model, of which the newest version is calibrated, for example"
              + " out/models/quickstart; or of one version: out/models/quickstart/versions/ID.")
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "DATASET",
      description =
          "Directory of a prepared data set whose rows, of one split, nothing of the model was"
              + " chosen by.")
  private String dataset;

  @Option(
      names = "--drop",
      paramLabel = "D",
      description =
          "Most of accuracy that leaving early may lose against the last block: 0.01 is one point of"
              + " a hundred.")
  private double drop;

  @Option(
      names = "--cost",
      paramLabel = "C",
      description =
          "Most operations of a row in the mean, as a share of those of the full path, up to 1.")
  private double cost;

  @Option(
      names = "--confidence",
      paramLabel = "P",
      description =
          "Probability with which that holds; 0.95 by default. With --drop and --cost each has half"
              + " of what is left to 1.")
  private double confidence = 0.95;

  @Mixin private RowOptions rows;

  CalibrateCommand(Actions.Calibrating action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    action.run(options());
    return ExitCode.DONE;
  }

  private CalibrateOptions options() {
    try {
      return new CalibrateOptions(
          model,
          dataset,
          rows.split(),
          new GuaranteeSettings(
              new GuaranteeSettings.Risk(drop, confidence),
              new GuaranteeSettings.Budget(cost, confidence),
              GuaranteeSettings.NONE.calibrationFraction()),
          rows.batchSize(),
          rows.engine());
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
