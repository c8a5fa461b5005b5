package io.blockwise.job.guarantee;

import io.blockwise.model.exits.ExitSweep;
import java.util.List;
import java.util.Optional;

/**
 * Goes through the thresholds of a grid in an order that was fixed before the rows were seen, tests
 * each at the full level, and stops before the first that fails: all that passed hold together
 * (Learn-then-Test, Angelopoulos and others 2021; methods 2l).
 */
final class FixedSequence {
  private FixedSequence() {}

  /**
   * A threshold that was found, and what the rows say of it. Immutable.
   *
   * @param place in the grid of {@link ExitSweep}
   * @param observed mean over the rows
   * @param pValue of its test; 0 where nothing was to be tested
   */
  record Found(int place, double observed, double pValue) {
    /** The threshold, from 0.30 to 0.99, or infinity. */
    double threshold() {
      return ExitSweep.threshold(place);
    }
  }

  /**
   * The lowest threshold under which early exits cost at most so much accuracy: the share of rows
   * that they answer wrong and the full path right. At infinity they cost none, so there is always
   * one.
   *
   * @param drop most of accuracy, within 0..1
   * @param level probability with which the threshold may be too low, within 0..1
   */
  static Found ofRisk(ExitSweep sweep, double drop, double level) {
    int rows = Math.toIntExact(sweep.rows());
    Found found = new Found(0, 0, 0);
    for (int place = 1; place < ExitSweep.GRID; place++) {
      double p = PValues.binomial(sweep.losses(place), rows, drop);
      if (p > level) {
        break;
      }
      found = new Found(place, sweep.losses(place) / (double) rows, p);
    }
    return found;
  }

  /**
   * The highest threshold under which rows cost at most so much, or none if even the lowest, under
   * which most leave early, is not shown to.
   *
   * @param costs of a row that leaves at a block, first to last, as shares of the dearest
   * @param budget most of the mean cost, within 0..1
   * @param level probability with which the threshold may be too high, within 0..1
   */
  static Optional<Found> ofBudget(
      ExitSweep sweep, List<Double> costs, double budget, double level) {
    int rows = Math.toIntExact(sweep.rows());
    Optional<Found> found = Optional.empty();
    for (int place = ExitSweep.GRID - 1; place >= 0; place--) {
      double cost = sweep.cost(place, costs);
      double p = PValues.hoeffdingBentkus(cost, rows, budget);
      if (p > level) {
        break;
      }
      found = Optional.of(new Found(place, cost, p));
    }
    return found;
  }

  /**
   * Fewest rows with which a drop can be shown at all, by no loss among them: {@code (1 - drop)^n
   * <= level}.
   */
  static long fewestRows(double drop, double level) {
    return (long) Math.ceil(Math.log(level) / Math.log1p(-drop));
  }
}
