package io.blockwise.job.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.exits.ExitSweep;
import io.blockwise.model.exits.Said;
import io.blockwise.model.exits.Temperatures;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedSequenceTest {
  private static final int POPULATION = 20_000;
  private static final int RESAMPLES = 2_000;
  private static final int ROWS = 1_000;
  private static final double DROP = 0.02;
  private static final double LEVEL = 0.1;
  private static final List<Double> COSTS = List.of(0.4, 1.0);

  /** A row of two exits: what the first says, and whether it and the last are right. */
  private record Row(double confidence, boolean early, boolean full) {
    List<Said> said() {
      float odds = (float) Math.log(confidence / (1 - confidence));
      // class 0 is right
      float[] first = early ? new float[] {odds, 0} : new float[] {0, odds};
      float[] last = full ? new float[] {50, 0} : new float[] {0, 50};
      return List.of(Said.of(first, 0, 2, 1), Said.of(last, 0, 2, 1));
    }
  }

  /** The surer the first exit is, the likelier it is right; the last is so nine times in ten. */
  private static List<Row> population(SplittableRandom random) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < POPULATION; i++) {
      double confidence = random.nextDouble(0.5, 0.9999);
      rows.add(
          new Row(
              confidence, random.nextDouble() < 0.5 + 0.5 * confidence, random.nextDouble() < 0.9));
    }
    return rows;
  }

  private static ExitSweep sweep(List<Row> rows) {
    ExitSweep sweep = new ExitSweep(2, Temperatures.NONE);
    rows.forEach(row -> sweep.add(row.said(), 0));
    return sweep;
  }

  private static List<Row> drawn(List<Row> population, SplittableRandom random) {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> population.get(random.nextInt(population.size())))
        .toList();
  }

  private static double risk(ExitSweep sweep, int place) {
    return sweep.losses(place) / (double) sweep.rows();
  }

  private static double drop(ExitSweep sweep, int place) {
    return (sweep.correct(0) - sweep.correct(place)) / (double) sweep.rows();
  }

  /** The largest saving whose accuracy on the rows falls by at most the drop, without a test. */
  private static int naive(ExitSweep sweep) {
    return IntStream.range(0, ExitSweep.GRID)
        .filter(place -> sweep.correct(0) - sweep.correct(place) <= DROP * sweep.rows())
        .max()
        .orElseThrow();
  }

  /**
   * The proof by test: 2,000 times some rows are drawn, and a threshold is chosen by them. More
   * than the stated share of the choices must not exceed the drop by the risk of all rows; those
   * without a test do, even by the accuracy that is lost net of what early exits win.
   */
  @Test
  void thresholdsExceedTheDropNoMoreOftenThanStated() {
    SplittableRandom random = new SplittableRandom(11);
    List<Row> population = population(random);
    ExitSweep all = sweep(population);
    int violations = 0;
    int naive = 0;
    int early = 0;
    for (int i = 0; i < RESAMPLES; i++) {
      ExitSweep some = sweep(drawn(population, random));
      FixedSequence.Found found = FixedSequence.ofRisk(some, DROP, LEVEL);
      violations += risk(all, found.place()) > DROP ? 1 : 0;
      naive += drop(all, naive(some)) > DROP ? 1 : 0;
      early += found.place() > 0 ? 1 : 0;
    }
    double deviation = Math.sqrt(LEVEL * (1 - LEVEL) / RESAMPLES);
    System.out.printf(
        "exceeding a drop of %.2f: %.4f of the thresholds (stated %.2f), %.4f without a test;"
            + " %.3f let rows leave early%n",
        DROP, violations / 2000.0, LEVEL, naive / 2000.0, early / 2000.0);
    assertThat(violations / (double) RESAMPLES).isLessThanOrEqualTo(LEVEL + 3 * deviation);
    assertThat(naive / (double) RESAMPLES).isGreaterThan(2 * LEVEL);
    assertThat(early).as("thresholds under which some leave early").isGreaterThan(RESAMPLES / 2);
  }

  @Test
  void budgetsAreExceededNoMoreOftenThanStated() {
    SplittableRandom random = new SplittableRandom(12);
    List<Row> population = population(random);
    ExitSweep all = sweep(population);
    int violations = 0;
    int found = 0;
    for (int i = 0; i < RESAMPLES; i++) {
      ExitSweep some = sweep(drawn(population, random));
      int place = FixedSequence.ofBudget(some, COSTS, 0.7, LEVEL).orElseThrow().place();
      violations += all.cost(place, COSTS) > 0.7 ? 1 : 0;
      found += all.cost(place, COSTS) > 0.6 ? 1 : 0;
    }
    double deviation = Math.sqrt(LEVEL * (1 - LEVEL) / RESAMPLES);
    assertThat(violations / (double) RESAMPLES).isLessThanOrEqualTo(LEVEL + 3 * deviation);
    assertThat(found).as("thresholds that use the budget").isGreaterThan(RESAMPLES / 2);
  }

  @Test
  void aBudgetThatEvenTheLowestThresholdExceedsHasNone() {
    ExitSweep sweep = sweep(population(new SplittableRandom(1)).subList(0, 500));
    assertThat(FixedSequence.ofBudget(sweep, COSTS, 0.3, LEVEL)).isEmpty();
  }

  @Test
  void whereTheFirstExitIsNeverRightNothingLeavesEarly() {
    List<Row> rows = IntStream.range(0, 500).mapToObj(i -> new Row(0.999, false, true)).toList();
    FixedSequence.Found found = FixedSequence.ofRisk(sweep(rows), DROP, LEVEL);
    assertThat(found.threshold()).isInfinite();
    assertThat(found.observed()).isZero();
  }

  /** Of methods 2l, with a confidence of 0.95. */
  @ParameterizedTest
  @CsvSource({"0.005, 598", "0.01, 299", "0.02, 149", "0.05, 59"})
  void soManyRowsAreNeededAtLeast(double drop, long rows) {
    assertThat(FixedSequence.fewestRows(drop, 0.05)).isEqualTo(rows);
    assertThat(PValues.binomial(0, (int) rows, drop)).isLessThanOrEqualTo(0.05);
    assertThat(PValues.binomial(0, (int) rows - 1, drop)).isGreaterThan(0.05);
  }

  /** The largest observed risk that passes at a drop of 0.01, of methods 2l. */
  @ParameterizedTest
  @CsvSource({"500, 0.0020", "1000, 0.0040", "2000, 0.0060", "5000, 0.0076"})
  void theLargestRiskThatPasses(int rows, double risk) {
    long losses = Math.round(risk * rows);
    assertThat(PValues.binomial(losses, rows, 0.01)).isLessThanOrEqualTo(0.05);
    assertThat(PValues.binomial(losses + 1, rows, 0.01)).isGreaterThan(0.05);
  }

  @Test
  void boundOfMeansIsNeverBelowTheTailsOfCoinsByMoreThanItsFactor() {
    for (int losses = 0; losses <= 30; losses++) {
      double exact = PValues.binomial(losses, 100, 0.3);
      double bound = PValues.hoeffdingBentkus(losses / 100.0, 100, 0.3);
      assertThat(bound).isBetween(exact - 1e-12, Math.min(1, Math.E * exact) + 1e-12);
    }
    assertThat(PValues.hoeffdingBentkus(0.4, 100, 0.3)).isEqualTo(1, within(1e-12));
  }
}
