package io.blockwise.job.guarantee;

import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.guarantee.FixedSequence.Found;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.Exits.Bounded;
import io.blockwise.model.artifact.Exits.Guarantee;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.exits.ExitSweep;
import io.blockwise.model.exits.Temperatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The threshold of leaving early that calibration rows show to keep what is to be guaranteed
 * (methods 2l). Of accuracy alone it is the lowest, which saves most; of operations alone the
 * highest, which is most accurate; of both the lowest that accuracy allows. Immutable.
 *
 * @param exits with the rule, and the guarantees that hold with it
 * @param missing why something is not guaranteed, one sentence
 */
public record Calibration(Exits exits, Optional<String> missing) {
  /**
   * Chooses it.
   *
   * @param costs of the network's exits
   * @param temperatures that the rows were counted with
   * @param sweep of the calibration rows, at least one
   */
  public static Calibration of(
      GuaranteeSettings wanted, ExitCosts costs, Temperatures temperatures, ExitSweep sweep) {
    Optional<Found> risk =
        wanted.risk().drop() > 0
            ? Optional.of(FixedSequence.ofRisk(sweep, wanted.risk().drop(), wanted.riskLevel()))
            : Optional.empty();
    Optional<Found> budget =
        wanted.budget().cost() > 0 ? budget(wanted, costs, sweep) : Optional.empty();
    Choice choice = new Choice(wanted, costs, temperatures, sweep);
    if (wanted.budget().cost() > 0 && budget.isEmpty()) {
      return choice.with(risk, Optional.empty(), Optional.of(notShown(wanted, costs, sweep)));
    }
    if (risk.isPresent() && budget.isPresent() && risk.get().place() < budget.get().place()) {
      return choice.with(risk, Optional.empty(), Optional.of(apart(risk.get(), budget.get())));
    }
    return choice.with(risk, budget, Optional.empty());
  }

  private static Optional<Found> budget(
      GuaranteeSettings wanted, ExitCosts costs, ExitSweep sweep) {
    return FixedSequence.ofBudget(
        sweep, ofDearest(costs), bound(wanted, costs), wanted.budgetLevel());
  }

  /** What rows cost lies within 0..1 as a share of the dearest way, which asks at every exit. */
  private static List<Double> ofDearest(ExitCosts costs) {
    int blocks = costs.blocks().size();
    return IntStream.rangeClosed(1, blocks)
        .mapToObj(k -> costs.leaving(k) / (double) costs.leaving(blocks))
        .toList();
  }

  private static double bound(GuaranteeSettings wanted, ExitCosts costs) {
    return wanted.budget().cost() * costs.fullPath() / costs.leaving(costs.blocks().size());
  }

  private static String notShown(GuaranteeSettings wanted, ExitCosts costs, ExitSweep sweep) {
    return String.format(
        Locale.ROOT,
        "no threshold is shown to cost at most %s of the full path: at the lowest, %.2f, the %d"
            + " calibration rows cost %.3f in the mean",
        wanted.budget().cost(),
        ExitSweep.threshold(ExitSweep.GRID - 1),
        sweep.rows(),
        sweep.cost(ExitSweep.GRID - 1, costs.shares()));
  }

  private static String apart(Found risk, Found budget) {
    return String.format(
        Locale.ROOT,
        "accuracy needs a threshold of at least %.2f, and the cost one of at most %.2f",
        risk.threshold(),
        budget.threshold());
  }

  /** What is chosen from. */
  private record Choice(
      GuaranteeSettings wanted, ExitCosts costs, Temperatures temperatures, ExitSweep sweep) {
    Calibration with(Optional<Found> risk, Optional<Found> budget, Optional<String> missing) {
      int place = risk.or(() -> budget).map(Found::place).orElse(0);
      List<Guarantee> guarantees = new ArrayList<>();
      risk.ifPresent(
          found ->
              guarantees.add(
                  new Guarantee(
                      Bounded.DROP,
                      wanted.risk().drop(),
                      1 - wanted.riskLevel(),
                      sweep.rows(),
                      found.observed(),
                      found.pValue())));
      budget.ifPresent(found -> guarantees.add(ofCost(place)));
      return new Calibration(
          new Exits(
              temperatures.values(),
              rule(place),
              IntStream.rangeClosed(1, sweep.blocks())
                  .mapToObj(k -> sweep.leaving(place, k))
                  .toList(),
              ExitSweep.thresholds().subList(1, ExitSweep.GRID),
              guarantees),
          missing);
    }

    private Guarantee ofCost(int place) {
      double cost = sweep.cost(place, ofDearest(costs));
      int rows = Math.toIntExact(sweep.rows());
      return new Guarantee(
          Bounded.COST,
          wanted.budget().cost(),
          1 - wanted.budgetLevel(),
          rows,
          sweep.cost(place, costs.shares()),
          PValues.hoeffdingBentkus(cost, rows, bound(wanted, costs)));
    }
  }

  private static String rule(int place) {
    return place == 0
        ? "full"
        : String.format(Locale.ROOT, "confidence=%.2f", ExitSweep.threshold(place));
  }

  /** What the exits guarantee, for people, one sentence each. */
  public static List<String> sentences(Exits exits) {
    return exits.guarantees().stream().map(one -> sentence(exits, one)).toList();
  }

  private static String sentence(Exits exits, Guarantee one) {
    boolean drop = one.bounded() == Bounded.DROP;
    if (drop && exits.rule().equals("full")) {
      return String.format(
          Locale.ROOT,
          "Rows are answered by the last block: no threshold is shown to lose at most %s of accuracy"
              + " by the %d calibration rows.",
          one.bound(),
          one.rows());
    }
    return String.format(
        Locale.ROOT,
        "%s %s at most %s with a confidence of %s: %.4f of %d calibration rows, p = %.2g.",
        drop ? "Leaving early at " + exits.rule() + " loses" : "A row costs",
        drop ? "of accuracy" : "of the full path's operations in the mean",
        one.bound(),
        one.confidence(),
        one.observed(),
        one.rows(),
        one.pValue());
  }
}
