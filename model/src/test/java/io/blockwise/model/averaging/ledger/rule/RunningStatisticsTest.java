package io.blockwise.model.averaging.ledger.rule;

import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.Averaging;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.testing.RandomSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunningStatisticsTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final TensorTable TABLE =
      new TensorTable(
          List.of(
              new TensorTable.Entry("layers.1.running_mean", List.of(2), 0),
              new TensorTable.Entry("layers.1.running_var", List.of(2), 2),
              new TensorTable.Entry("layers.4.running_mean", List.of(1), 4),
              new TensorTable.Entry("layers.4.running_var", List.of(1), 5)));
  private static final TensorTable ONE_VALUE =
      new TensorTable(List.of(new TensorTable.Entry("layers.0.weight", List.of(1), 0)));
  private static final FloatVector INITIAL = FloatVector.copyOf(new float[] {0, 0, 1, 1, 0, 1});

  @Test
  void theFirstFoldCopies() {
    BlockLedger ledger = opened(average(1), 2);
    FloatVector first = FloatVector.copyOf(new float[] {1, 2, 3, 4, 5, 6});
    ledger.push(push(0, 1, first));
    assertThat(ledger.state().statistics()).isEqualTo(first);
  }

  @Test
  void laterFoldsPoolMeansAndVariances() {
    BlockLedger ledger = opened(average(1), 2);
    ledger.push(push(0, 1, FloatVector.copyOf(new float[] {1, 2, 3, 4, 5, 6})));
    ledger.push(push(1, 1, FloatVector.copyOf(new float[] {3, 2, 5, 4, 9, 2})));
    // weight 1/2: means in the middle, variances too, plus a quarter of the squared distance
    assertThat(ledger.state().statistics())
        .isEqualTo(FloatVector.copyOf(new float[] {2, 2, 5, 4, 7, 8}));
  }

  @Test
  void aRoundPoolsLikeOnePopulation() {
    Random random = SEED.random();
    BlockLedger ledger = opened(lockStep(1), 3);
    double all = 0;
    double[] first = new double[2];
    double[] second = new double[2];
    for (int worker = 0; worker < 3; worker++) {
      float[] values = new float[6];
      IntStream.range(0, 6).forEach(i -> values[i] = 1 + random.nextFloat());
      long examples = 10 + 20L * worker;
      all += examples;
      for (int i = 0; i < 2; i++) {
        first[i] += examples * values[i];
        second[i] += examples * (values[2 + i] + (double) values[i] * values[i]);
      }
      ledger.push(push(worker, examples, FloatVector.copyOf(values)));
    }
    for (int i = 0; i < 2; i++) {
      double mean = first[i] / all;
      assertThat((double) ledger.state().statistics().at(i)).isCloseTo(mean, within(1e-6));
      assertThat((double) ledger.state().statistics().at(2 + i))
          .isCloseTo(second[i] / all - mean * mean, within(1e-6));
    }
  }

  @Test
  void equalReplicasAreAFixedPoint() {
    Random random = SEED.random();
    for (int draw = 0; draw < 50; draw++) {
      float[] drawn = new float[6];
      IntStream.range(0, 6).forEach(i -> drawn[i] = ofAnySize(random));
      assertFixedPoint(FloatVector.copyOf(drawn));
    }
    assertFixedPoint(FloatVector.copyOf(new float[] {.1f, -.7f, 3.3f, 1e-7f, 1e6f, 1e9f}));
  }

  private static float ofAnySize(Random random) {
    return (float) (random.nextDouble() * Math.pow(10, random.nextInt(19) - 9));
  }

  private static void assertFixedPoint(FloatVector equal) {
    for (AveragingOptions options : List.of(average(1), lockStep(1))) {
      BlockLedger ledger = opened(options, 3);
      for (long sequence = 1; sequence <= 40; sequence++) {
        for (int worker = 0; worker < 3; worker++) {
          ledger.push(push(worker, sequence, 7 + worker, 0, equal));
        }
      }
      assertThat(ledger.state().version()).isGreaterThanOrEqualTo(40);
      assertThat(ledger.state().statistics()).isEqualTo(equal);
      assertThat(ledger.state().value()).isEqualTo(FloatVector.copyOf(new float[] {.3f}));
    }
  }

  @Test
  void noOuterOptimiserTouchesThem() {
    Duration soon = Duration.ofSeconds(9);
    List<FloatVector> results = new ArrayList<>();
    for (OuterOptimiser optimiser : EnumSet.complementOf(EnumSet.of(OuterOptimiser.DELAYED))) {
      Outer outer = new Outer(optimiser, 0.9, 5);
      BlockLedger ledger = opened(Averaging.quorum(1, 2, soon, 1e9, outer), 2);
      for (int round = 1; round <= 3; round++) {
        ledger.push(push(0, round, 3, 2, FloatVector.copyOf(new float[] {1, 2, 3, 4, 5, round})));
        ledger.push(push(1, round, 1, -9, FloatVector.copyOf(new float[] {3, 2, 5, 4, 9, 2})));
      }
      assertThat(ledger.state().version()).isEqualTo(3);
      results.add(ledger.state().statistics());
    }
    assertThat(results).containsOnly(results.get(0));
  }

  @Test
  void statisticsThatAreNotFiniteAreRefused() {
    BlockLedger ledger = opened(average(1), 1);
    FloatVector broken = FloatVector.copyOf(new float[] {0, 0, Float.NaN, 1, 0, 1});
    assertThat(ledger.push(push(0, 1, broken)).verdict()).isEqualTo(Verdict.NON_FINITE);
    assertThat(ledger.state().statistics()).isEqualTo(INITIAL);
  }

  @Test
  void aTensorWithoutItsCounterpartIsRefused() {
    TensorTable lonely =
        new TensorTable(List.of(new TensorTable.Entry("layers.1.running_mean", List.of(2), 0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RunningStatistics(lonely))
        .withMessageStartingWith("Cannot pool layers.1.running_mean");
  }

  private static BlockLedger opened(AveragingOptions options, int workers) {
    BlockState initial = new BlockState(0, FloatVector.copyOf(new float[] {.3f}), INITIAL);
    BlockLedger ledger =
        new BlockLedger(
            Averaging.RUN,
            1,
            options,
            new BlockLedger.Tensors(ONE_VALUE, TABLE),
            initial,
            System::nanoTime);
    for (int worker = 0; worker < workers; worker++) {
      ledger.open(lease(worker));
    }
    return ledger;
  }

  private static Push push(int worker, long examples, FloatVector statistics) {
    return push(worker, 1, examples, 0, statistics);
  }

  private static Push push(
      int worker, long sequence, long examples, float delta, FloatVector statistics) {
    return new Push(
        lease(worker),
        1,
        sequence,
        0,
        examples,
        Push.Kind.DELTA,
        false,
        Payload.of(Codec.FP32, new float[] {delta}),
        statistics);
  }
}
