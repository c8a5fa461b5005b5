package io.blockwise.model.exits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExitSweepTest {
  private static final int CLASSES = 2;

  /** An exit that is so sure of a class. */
  private static Said said(int label, double confidence) {
    float odds = (float) Math.log(confidence / (1 - confidence));
    float[] scores = new float[CLASSES];
    scores[label] = odds;
    return Said.of(scores, 0, CLASSES, 1);
  }

  private static int place(double threshold) {
    return IntStream.range(0, ExitSweep.GRID)
        .filter(i -> ExitSweep.threshold(i) == threshold)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void gridGoesFromInfinityBy99HundredthsTo30() {
    assertThat(ExitSweep.threshold(0)).isInfinite();
    assertThat(ExitSweep.threshold(1)).isEqualTo(0.99);
    assertThat(ExitSweep.threshold(ExitSweep.GRID - 1)).isEqualTo(0.30);
    assertThat(ExitSweep.GRID).isEqualTo(71);
  }

  @Test
  void aRowLeavesAtTheFirstExitThatIsSureEnough() {
    ExitSweep sweep = new ExitSweep(3);
    sweep.add(List.of(said(0, 0.605), said(1, 0.805), said(1, 0.705)), 1);
    assertThat(leaving(sweep, place(0.99))).containsExactly(0L, 0L, 1L);
    assertThat(leaving(sweep, place(0.81))).containsExactly(0L, 0L, 1L);
    assertThat(leaving(sweep, place(0.80))).containsExactly(0L, 1L, 0L);
    assertThat(leaving(sweep, place(0.61))).containsExactly(0L, 1L, 0L);
    assertThat(leaving(sweep, place(0.60))).containsExactly(1L, 0L, 0L);
    assertThat(sweep.losses(place(0.61))).isZero();
    assertThat(sweep.losses(place(0.60))).as("wrong, and the full path right").isEqualTo(1);
    assertThat(sweep.correct(0)).isEqualTo(1);
    assertThat(sweep.correct(place(0.30))).isZero();
    assertThat(sweep.cost(place(0.80), List.of(1.0, 2.5, 4.0))).isEqualTo(2.5);
  }

  @Test
  void aRowThatTheFullPathAnswersWrongIsNoLoss() {
    ExitSweep sweep = new ExitSweep(2);
    sweep.add(List.of(said(0, 0.9), said(0, 0.9)), 1);
    sweep.add(List.of(said(1, 0.9), said(0, 0.9)), 1);
    assertThat(sweep.losses(place(0.5))).isZero();
    assertThat(sweep.correct(place(0.5))).isEqualTo(1);
    assertThat(sweep.rows()).isEqualTo(2);
  }

  @Test
  void partsOfTheRowsAddUp() {
    ExitSweep all = new ExitSweep(2);
    ExitSweep one = new ExitSweep(2);
    ExitSweep other = new ExitSweep(2);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 50; i++) {
      List<Said> said =
          List.of(
              said(random.nextInt(2), random.nextDouble(0.5, 1)),
              said(random.nextInt(2), random.nextDouble(0.5, 1)));
      int label = random.nextInt(2);
      all.add(said, label);
      (i % 3 == 0 ? one : other).add(said, label);
    }
    ExitSweep sum = one.plus(other);
    for (int place = 0; place < ExitSweep.GRID; place++) {
      assertThat(leaving(sum, place)).isEqualTo(leaving(all, place));
      assertThat(sum.losses(place)).isEqualTo(all.losses(place));
      assertThat(sum.correct(place)).isEqualTo(all.correct(place));
    }
  }

  private static List<Long> leaving(ExitSweep sweep, int place) {
    return IntStream.rangeClosed(1, sweep.rows() == 1 ? 3 : 2)
        .mapToObj(k -> sweep.leaving(place, k))
        .toList();
  }

  @Test
  void temperatureIsTheOneThatLabelsWereDrawnWith() {
    for (double temperature : new double[] {0.2, 1, 3}) {
      TemperatureFit fit = new TemperatureFit(1);
      SplittableRandom random = new SplittableRandom(7);
      for (int i = 0; i < 20_000; i++) {
        float[] scores = {(float) random.nextDouble(-3, 3), 0, (float) random.nextDouble(-3, 3)};
        fit.add(0, scores, 0, 3, drawn(Said.softmax(scores, temperature), random));
      }
      assertThat(fit.temperatures().get(0)).isEqualTo(temperature, within(0.06 * temperature));
    }
    assertThat(new TemperatureFit(2).temperatures()).containsExactly(1.0, 1.0);
  }

  private static int drawn(double[] probabilities, SplittableRandom random) {
    double left = random.nextDouble();
    for (int c = 0; c < probabilities.length; c++) {
      left -= probabilities[c];
      if (left < 0) {
        return c;
      }
    }
    return probabilities.length - 1;
  }
}
