package io.blockwise.model.artifact;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Temperatures;
import java.io.Serializable;
import java.util.List;

/**
 * How a model's exits are read, and which of them answers a row by default: section {@code exits}
 * of {@code model.json}. Immutable.
 *
 * @param temperatures that every exit's scores are divided by before their softmax, first to last,
 *     fitted on validation; empty if by none
 * @param rule as {@link ExitRule#parse} reads it: {@code full}, or {@code confidence=T} with a
 *     threshold that rows were set aside to choose
 * @param leaving of those rows, how many every block answers under the rule; empty if there were
 *     none
 * @param grid thresholds that were to choose from, from the one behind infinity, under which no row
 *     leaves early, downwards; empty if there were none
 * @param guarantees that hold with the rule
 */
public record Exits(
    List<Double> temperatures,
    String rule,
    List<Long> leaving,
    List<Double> grid,
    List<Guarantee> guarantees)
    implements Serializable {
  /** Scores as they are, answered by the last block, as of models from before there was more. */
  public static final Exits PLAIN = new Exits(List.of(), "full", List.of(), List.of(), List.of());

  public Exits {
    temperatures = new Temperatures(temperatures).values();
    leaving = List.copyOf(leaving);
    grid = List.copyOf(grid);
    guarantees = List.copyOf(guarantees);
  }

  /** What is bounded. */
  public enum Bounded {
    /**
     * Accuracy that leaving early loses: share of rows answered wrong that the last block gets
     * right.
     */
    DROP,
    /** Operations of a row in the mean, as a share of those of the full path. */
    COST
  }

  /**
   * What was shown with rows that nothing else was chosen by: that the mean over all rows like them
   * is at most the bound, with this confidence (methods 2l). Immutable.
   *
   * @param bound that the mean does not exceed
   * @param confidence probability, over the choice of the rows, with which that holds
   * @param rows that were set aside
   * @param observed mean over them under the rule
   * @param pValue of observing no more if the mean exceeded the bound; 0 where no row leaves early,
   *     and there was nothing to show
   */
  public record Guarantee(
      Bounded bounded, double bound, double confidence, long rows, double observed, double pValue)
      implements Serializable {}

  /** With other rules than these blocks have, an exception. */
  void requireFit(int blocks) {
    if (!temperatures.isEmpty() && temperatures.size() != blocks) {
      throw invalid("exits.temperatures", temperatures, "must be " + blocks);
    }
    if (!leaving.isEmpty() && leaving.size() != blocks) {
      throw invalid("exits.leaving", leaving, "must be " + blocks);
    }
    ExitRule.parse("exits.rule", rule, blocks);
  }

  /** The same with other temperatures. */
  public Exits with(Temperatures other) {
    return new Exits(other.values(), rule, leaving, grid, guarantees);
  }

  /**
   * Of the first so many blocks, the last of which answers: what was guaranteed was so against
   * another last block.
   */
  public Exits ofFirst(int blocks) {
    List<Double> theirs = temperatures.isEmpty() ? List.of() : temperatures.subList(0, blocks);
    return new Exits(theirs, "full", List.of(), List.of(), List.of());
  }

  /** Which block answers by default. */
  public ExitRule rule(int blocks) {
    return ExitRule.parse("exits.rule", rule, blocks);
  }

  /** What scores are divided by. */
  public Temperatures divisors() {
    return new Temperatures(temperatures);
  }
}
