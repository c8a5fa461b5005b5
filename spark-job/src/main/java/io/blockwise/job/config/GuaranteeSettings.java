package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireShare;
import static io.blockwise.base.Checks.requireWithin;

/**
 * What leaving early is to guarantee (methods 2l). Immutable.
 *
 * @param calibrationFraction share of validation that is set aside to choose the threshold by,
 *     where there is something to guarantee
 */
public record GuaranteeSettings(Risk risk, Budget budget, double calibrationFraction) {
  public GuaranteeSettings {
    requireShare("exit.calibration-fraction", calibrationFraction);
  }

  /**
   * Of accuracy. Immutable.
   *
   * @param drop most that may be lost; 0: nothing is guaranteed
   * @param confidence probability with which no more is lost
   */
  public record Risk(double drop, double confidence) {
    public Risk {
      requireWithin("exit.risk.drop", drop, 0, Math.nextDown(1.0));
      requireShare("exit.risk.confidence", confidence);
    }
  }

  /**
   * Of operations. Immutable.
   *
   * @param cost most of a row in the mean, as a share of the full path; 0: nothing is guaranteed
   * @param confidence probability with which it is no more
   */
  public record Budget(double cost, double confidence) {
    public Budget {
      requireWithin("exit.budget.cost", cost, 0, 1);
      requireShare("exit.budget.confidence", confidence);
    }
  }

  /** Nothing. */
  public static final GuaranteeSettings NONE =
      new GuaranteeSettings(new Risk(0, 0.95), new Budget(0, 0.95), 0.5);

  /** Whether there is something to guarantee. */
  public boolean exists() {
    return risk.drop() > 0 || budget.cost() > 0;
  }

  /**
   * Probability with which a threshold may break the guarantee of accuracy: where both are given,
   * each has a half.
   */
  public double riskLevel() {
    return (1 - risk.confidence()) / (budget.cost() > 0 ? 2 : 1);
  }

  /** The same for that of operations. */
  public double budgetLevel() {
    return (1 - budget.confidence()) / (risk.drop() > 0 ? 2 : 1);
  }
}
