package io.blockwise.model.exits;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExitSweepTest {
  private static final int CLASSES = 2;

  /** An exit that is so sure of a class. */
  private static Said said(int label, double confidence) {
    float odds = (float) Math.log(confidence / (1 - confidence));
    float[] scores = new float[CLASSES];
    scores[label] = odds;
    return Said.of(scores, 0, CLASSES);
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
    assertThat(sweep.correct(0)).isEqualTo(1);
    assertThat(sweep.correct(place(0.30))).isZero();
    assertThat(sweep.cost(place(0.80), List.of(1.0, 2.5, 4.0))).isEqualTo(2.5);
  }

  @Test
  void aBatchIsCountedRowByRow() {
    ExitSweep sweep = new ExitSweep(2);
    Batch batch = new Batch(Shape.vector(1), 2);
    batch.rows(2);
    batch.labels()[1] = 1;
    float[] first = {5, 0, 0.1f, 0};
    float[] last = {9, 0, 0, 9};
    sweep.add(List.of(first, last), batch);
    assertThat(sweep.rows()).isEqualTo(2);
    assertThat(sweep.leaving(ExitSweep.place(90), 1)).isEqualTo(1);
    assertThat(sweep.leaving(ExitSweep.place(90), 2)).isEqualTo(1);
    assertThat(sweep.correct(ExitSweep.place(90))).isEqualTo(2);
    assertThat(sweep.correct(ExitSweep.place(50))).isEqualTo(1);
  }

  private static List<Long> leaving(ExitSweep sweep, int place) {
    return IntStream.rangeClosed(1, 3).mapToObj(k -> sweep.leaving(place, k)).toList();
  }
}
