package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.config.PatienceSettings;
import io.blockwise.job.config.Settings;
import io.blockwise.job.guarantee.Calibration;
import io.blockwise.job.guarantee.CalibrationRows;
import io.blockwise.job.guarantee.RunCalibration;
import io.blockwise.job.training.progress.RunReport;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.RowRange;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;

/**
 * What a run measures of snapshots: validation, by whose rows the epoch is chosen, the exits, and
 * test. Immutable.
 *
 * @param rows of validation, by what they may choose
 */
record Measured(
    Dataset dataset, NetworkSpec network, GuaranteeSettings guarantee, CalibrationRows rows) {
  /**
   * Of a run.
   *
   * @throws io.blockwise.base.UserException if what is to be guaranteed cannot be with this network
   *     and so many rows
   */
  static Measured of(Settings settings, Dataset dataset, NetworkSpec network) {
    GuaranteeSettings guarantee = settings.network().exit().guarantee();
    long validation = dataset.manifest().split(Split.VALIDATION).rows();
    requireRows(settings.training().patience(), validation);
    CalibrationRows.requirePossible(guarantee, ExitCosts.of(network));
    return new Measured(dataset, network, guarantee, CalibrationRows.of(guarantee, validation));
  }

  private static void requireRows(PatienceSettings patience, long validation) {
    if (patience.isOn() && validation == 0) {
      throw UserException.cannot(
          "train with training.patience.epochs = " + patience.epochs(),
          "the data set has no rows of validation",
          "prepare it with some, or set training.patience.epochs = 0");
    }
  }

  /** What every block of a snapshot reaches on the rows that choose the epoch. */
  BlockScores validation(List<BlockState> snapshot, Workers workers, RunReport report)
      throws InterruptedException {
    return answers(snapshot, Split.VALIDATION, rows.selection(), workers, report)
        .scores(rows.selection().to());
  }

  /** Answers of every block of a snapshot on test. */
  Answers test(List<BlockState> snapshot, Workers workers, RunReport report)
      throws InterruptedException {
    return answers(snapshot, Split.TEST, RowRange.ALL, workers, report);
  }

  private Answers answers(
      List<BlockState> snapshot, Split split, RowRange counted, Workers workers, RunReport report)
      throws InterruptedException {
    Answers none = new Answers(snapshot.size(), network.classes());
    return workers.evaluate(
        snapshot,
        new Census<>(dataset.manifest().split(split).shards(), counted, none),
        report::evaluationLost);
  }

  /**
   * How the exits of a snapshot of all blocks are read, and what is guaranteed of leaving early.
   */
  Exits exits(List<BlockState> snapshot, Workers workers, RunReport report)
      throws InterruptedException {
    Calibration calibration =
        RunCalibration.of(
            guarantee,
            network,
            workers,
            snapshot,
            rows,
            dataset.manifest().split(Split.VALIDATION).shards(),
            report::evaluationLost);
    calibration.missing().ifPresent(reason -> report.notice("Not all is guaranteed: " + reason));
    Calibration.sentences(calibration.exits()).forEach(report::notice);
    return calibration.exits();
  }
}
