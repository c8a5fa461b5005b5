package io.blockwise.job.guarantee;

import io.blockwise.base.UserException;
import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.worker.RowRange;
import io.blockwise.model.exits.ExitCosts;
import java.util.Locale;

/**
 * Rows of validation, of which the last in the order of their hashes choose the threshold of
 * leaving early and the others everything else. Immutable.
 *
 * @param selection those that choose the epoch and fit the temperatures
 * @param calibration those that choose the threshold; none where nothing is guaranteed
 */
public record CalibrationRows(RowRange selection, RowRange calibration) {
  /**
   * Divides validation.
   *
   * @param rows of validation
   * @throws UserException if they are too few for what is to be guaranteed
   */
  public static CalibrationRows of(GuaranteeSettings guarantee, long rows) {
    if (!guarantee.exists()) {
      return new CalibrationRows(new RowRange(0, rows), new RowRange(rows, rows));
    }
    long set = Math.round(rows * guarantee.calibrationFraction());
    requireEnough(
        guarantee,
        set,
        "set data.validation-fraction so that validation has "
            + of(guarantee)
            + " rows, or raise exit.risk.drop or lower exit.risk.confidence");
    if (set == rows) {
      throw UserException.cannot(
          "set aside " + set + " calibration rows of " + rows + " of validation",
          "none is left to choose the epoch by",
          "lower exit.calibration-fraction, or prepare more with data.validation-fraction");
    }
    return new CalibrationRows(new RowRange(0, rows - set), new RowRange(rows - set, rows));
  }

  /** How many rows choose nothing but the threshold. */
  public long count() {
    return calibration.to() - calibration.from();
  }

  /** Rows of validation of which the calibration rows are enough. */
  private static long of(GuaranteeSettings guarantee) {
    return (long) Math.ceil(fewest(guarantee) / guarantee.calibrationFraction());
  }

  private static long fewest(GuaranteeSettings guarantee) {
    return guarantee.risk().drop() > 0
        ? FixedSequence.fewestRows(guarantee.risk().drop(), guarantee.riskLevel())
        : 1;
  }

  /**
   * Refuses rows that can show nothing, whatever exits say of them.
   *
   * @throws UserException that says how many can
   */
  static void requireEnough(GuaranteeSettings guarantee, long rows, String remedy) {
    long fewest = fewest(guarantee);
    if (rows < fewest) {
      throw UserException.cannot(
          String.format(
              Locale.ROOT,
              "guarantee a drop of at most %s with a confidence of %s by %d calibration rows",
              guarantee.risk().drop(),
              1 - guarantee.riskLevel(),
              rows),
          "it takes at least " + fewest + ", all of them without a loss",
          remedy);
    }
  }

  /**
   * Refuses exits that cannot keep what is to be guaranteed.
   *
   * @throws UserException if there is one block only, or even the first costs more than the budget
   */
  public static void requirePossible(GuaranteeSettings guarantee, ExitCosts costs) {
    if (!guarantee.exists()) {
      return;
    }
    if (costs.blocks().size() < 2) {
      throw UserException.cannot(
          "guarantee anything of leaving early",
          "the network has one block",
          "leave exit.risk and exit.budget out, or cut it into several");
    }
    double first = costs.shares().get(0);
    double budget = guarantee.budget().cost();
    if (budget > 0 && first >= budget) {
      throw UserException.cannot(
          "guarantee a cost of at most " + budget + " of the full path",
          String.format(Locale.ROOT, "the first block and its exit cost %.3f of it", first),
          "raise exit.budget.cost, or cut the network so that its first block is smaller");
    }
  }
}
