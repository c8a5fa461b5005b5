package io.blockwise.model.exits;

import static org.assertj.core.api.Assertions.assertThat;

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
    ExitSweep sweep = new ExitSweep(3, Temperatures.NONE);
    sweep.add(List.of(said(0, 0.605), said(1, 0.805), said(1, 0.705)), 1);
    assertThat(leaving(sweep, place(0.99))).containsExactly(0L, 0L, 1L);
    assertThat(leaving(sweep, place(0.81))).containsExactly(0L, 0L, 1L);
    assertThat(leaving(sweep, place(0.80))).containsExactly(0L, 1L, 0L);
    assertThat(leaving(sweep, place(0.61))).containsExactly(0L, 1L, 0L);
    assertThat(leaving(sweep, place(0.60))).containsExactly(1L, 0L, 0L);
    assertThat(sweep.correct(0)).isEqualTo(1);
    assertThat(sweep.correct(place(0.30))).isZero();
    assertThat(sweep.cost(place(0.80), List.of(1.0, 2.5, 4.0))).isEqualTo(2.5);
  }

  @Test
  void aBatchIsCountedRowByRow() {
    ExitSweep sweep = new ExitSweep(2, Temperatures.NONE);
    float[] first = {5, 0, 0.1f, 0};
    float[] last = {9, 0, 0, 9};
    sweep.add(List.of(first, last), 0, 2, 0);
    sweep.add(List.of(first, last), 1, 2, 1);
    assertThat(sweep.rows()).isEqualTo(2);
    assertThat(sweep.leaving(ExitSweep.place(90), 1)).isEqualTo(1);
    assertThat(sweep.leaving(ExitSweep.place(90), 2)).isEqualTo(1);
    assertThat(sweep.correct(ExitSweep.place(90))).isEqualTo(2);
    assertThat(sweep.correct(ExitSweep.place(50))).isEqualTo(1);
  }

  private static List<Long> leaving(ExitSweep sweep, int place) {
    return IntStream.rangeClosed(1, 3).mapToObj(k -> sweep.leaving(place, k)).toList();
  }

  @Test
  void aLossIsARowThatTheFullPathAnswersRightAndAnEarlyExitWrong() {
    ExitSweep sweep = new ExitSweep(2, Temperatures.NONE);
    sweep.add(List.of(said(0, 0.805), said(1, 0.9)), 1);
    sweep.add(List.of(said(0, 0.805), said(0, 0.9)), 1);
    sweep.add(List.of(said(1, 0.805), said(0, 0.9)), 1);
    assertThat(sweep.losses(0)).isZero();
    assertThat(sweep.losses(place(0.81))).isZero();
    assertThat(sweep.losses(place(0.80))).isEqualTo(1);
    assertThat(sweep.correct(place(0.80))).isEqualTo(1);
  }

  @Test
  void partsOfTheRowsAddUp() {
    ExitSweep all = new ExitSweep(2, Temperatures.NONE);
    ExitSweep one = all.none();
    ExitSweep other = all.none();
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
      assertThat(sum.leaving(place, 1)).isEqualTo(all.leaving(place, 1));
      assertThat(sum.losses(place)).isEqualTo(all.losses(place));
      assertThat(sum.correct(place)).isEqualTo(all.correct(place));
    }
  }
}
