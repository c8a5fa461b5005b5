package io.blockwise.model.exits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExitReliabilityTest {
  private static final double RESOLUTION = 1e-3;

  private static ExitReliability empty(int exits) {
    return new ExitReliability(exits, Temperatures.NONE);
  }

  @Test
  void confidenceThatIsAlwaysHigherWhereTheExitIsRightHasAnAreaOfOne() {
    ExitReliability reliability = empty(1);
    List.of(0.9, 0.8, 0.75).forEach(c -> reliability.add(0, c, true));
    List.of(0.7, 0.5).forEach(c -> reliability.add(0, c, false));
    assertThat(reliability.auroc(0)).isEqualTo(1);
  }

  @Test
  void equalConfidencesAreCountedByHalf() {
    ExitReliability reliability = empty(1);
    reliability.add(0, 0.6, true);
    reliability.add(0, 0.6, false);
    assertThat(reliability.auroc(0)).isEqualTo(0.5);
  }

  @Test
  void withoutAWrongAnswerThereIsNoArea() {
    ExitReliability reliability = empty(1);
    reliability.add(0, 1.0, true);
    assertThat(reliability.auroc(0)).isNaN();
    assertThat(reliability.calibrationError(0)).isZero();
  }

  @Test
  void areaIsTheShareOfPairsInTheRightOrder() {
    SplittableRandom random = new SplittableRandom(3);
    ExitReliability reliability = empty(2);
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double confidence = random.nextDouble(0.3, 1);
      boolean right = random.nextDouble() < confidence;
      rows.add(new double[] {confidence, right ? 1 : 0});
      reliability.add(1, confidence, right);
    }
    double pairs = 0;
    double ordered = 0;
    for (double[] hit : rows) {
      for (double[] miss : rows) {
        if (hit[1] == 1 && miss[1] == 0) {
          pairs++;
          ordered += hit[0] > miss[0] ? 1 : 0;
        }
      }
    }
    assertThat(reliability.auroc(1)).isCloseTo(ordered / pairs, within(RESOLUTION));
  }

  @Test
  void calibrationErrorIsTheMeanDistanceOfConfidenceFromTheShareOfRightAnswers() {
    ExitReliability reliability = empty(1);
    // in one bin of 15: 0.80 to 0.8667
    for (int i = 0; i < 10; i++) {
      reliability.add(0, 0.82, i < 6);
    }
    // in another, rightly unsure
    for (int i = 0; i < 30; i++) {
      reliability.add(0, 0.5, i < 15);
    }
    assertThat(reliability.calibrationError(0)).isCloseTo(0.22 * 10 / 40, within(1e-9));
  }

  @Test
  void partsAddUpToTheWhole() {
    ExitReliability whole = empty(1);
    ExitReliability one = whole.none();
    ExitReliability other = whole.none();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 100; i++) {
      double confidence = random.nextDouble();
      boolean right = random.nextBoolean();
      whole.add(0, confidence, right);
      (i % 3 == 0 ? one : other).add(0, confidence, right);
    }
    ExitReliability sum = one.plus(other);
    assertThat(sum.auroc(0)).isEqualTo(whole.auroc(0));
    assertThat(sum.calibrationError(0)).isCloseTo(whole.calibrationError(0), within(1e-12));
  }
}
