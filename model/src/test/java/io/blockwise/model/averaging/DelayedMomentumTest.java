package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.copy;
import static io.blockwise.model.averaging.Averaging.delayed;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.ledger.BlockLedger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Momentum at the end of a round: {@code m <- beta m + D}, {@code g <- g + beta m}. */
class DelayedMomentumTest {
  private final long[] sequences = new long[9];

  @Test
  void everyRoundOfAllMembersEndsWithAStepOfMomentum() {
    BlockLedger ledger = opened(delayed(1, 1e9), 4); // so beta is 1/2
    for (int worker = 0; worker < 3; worker++) {
      push(ledger, worker, 0, 1f);
    }
    assertThat(value(ledger)).as("plain averaging so far").isEqualTo(0.75f);
    push(ledger, 3, 0, 1f);
    assertThat(value(ledger)).as("m = D = 1").isEqualTo(1 + 0.5f);
    assertThat(ledger.state().version()).isEqualTo(4);
    for (int worker = 0; worker < 4; worker++) {
      push(ledger, worker, 4, 2f);
    }
    assertThat(value(ledger)).as("m = 1/2 + 2").isEqualTo(1.5f + 2 + 0.5f * 2.5f);
  }

  @Test
  void aRoundIsOverAfterTwicePushesOfAllEvenIfOneDoesNotCome() {
    BlockLedger ledger = opened(delayed(1, 1e9), 2);
    double beta = 1 - 1 / Math.sqrt(2);
    for (int push = 0; push < 4; push++) {
      push(ledger, 0, push, 1f);
    }
    assertThat(value(ledger)).isCloseTo((float) (2 + beta * 2), within(1e-6f));
  }

  @Test
  void aRoundOfStalePushesEndsWithoutMomentumAndForgetsIt() {
    BlockLedger ledger = opened(delayed(1, 1e9), 4);
    BlockLedger plain = opened(average(1), 4);
    for (int worker = 0; worker < 4; worker++) {
      push(ledger, worker, 0, 1f);
    }
    float before = value(ledger);
    push(plain, 0, 0, 0f);
    for (int worker = 1; worker < 4; worker++) {
      push(plain, worker, 0, 0f);
    }
    for (int push = 0; push < 20; push++) { // plain rounds of no change, so that versions pass
      push(ledger, 0, 4 + push, 0f);
      push(plain, 0, 4 + push, 0f);
    }
    float shifted = value(ledger);
    assertThat(shifted).isGreaterThan(before);
    push(ledger, 0, 0, 0f); // begins a round with what is 6 rounds old
    push(plain, 0, 0, 0f);
    for (int worker = 1; worker < 4; worker++) {
      push(ledger, worker, 4, 1f);
      push(plain, worker, 4, 1f);
    }
    assertThat(value(ledger)).isCloseTo(shifted + value(plain), within(1e-5f));
  }

  @Test
  void whatIsNotFiniteAndACopyEndTheMomentumOfBefore() {
    BlockLedger ledger = opened(delayed(1, 1e9), 4);
    for (int worker = 0; worker < 4; worker++) {
      push(ledger, worker, 0, 1f);
    }
    assertThat(push(ledger, 0, 4, Float.NaN).verdict()).isEqualTo(Verdict.NON_FINITE);
    for (int worker = 0; worker < 4; worker++) {
      push(ledger, worker, 4, 2f);
    }
    assertThat(value(ledger)).as("m = 2").isEqualTo(1.5f + 2 + 0.5f * 2);
    for (int worker = 1; worker < 4; worker++) {
      ledger.lose(worker, 1);
    }
    assertThat(ledger.push(copy(0, ++sequences[0], 8, 10f)).verdict()).isEqualTo(Verdict.COPIED);
    ledger.open(new LeaseAttempt(Averaging.RUN, 1, 2, 1));
    push(ledger, 0, 9, 0f);
    ledger.push(
        Averaging.push(new LeaseAttempt(Averaging.RUN, 1, 2, 1), 1, 9, 1, Push.Kind.DELTA, 0f));
    assertThat(value(ledger)).isEqualTo(10f);
  }

  @Test
  void aStepThatWouldOverflowIsRefusedAndNotTriedAgain() {
    BlockLedger ledger = opened(delayed(1, 1e9), 2);
    push(ledger, 0, 0, 3e38f);
    push(ledger, 0, 1, 3e38f);
    assertThat(push(ledger, 1, 2, 1e37f).verdict()).isEqualTo(Verdict.NON_FINITE);
    assertThat(push(ledger, 1, 2, 1e37f).verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(ledger.state().value().isFinite()).isTrue();
  }

  @Test
  void oneMemberHasNoMomentum() {
    BlockLedger ledger = opened(delayed(1, 1e9), 1);
    push(ledger, 0, 0, 1f);
    push(ledger, 0, 1, 1f);
    assertThat(value(ledger)).isEqualTo(2f);
  }

  private static float value(BlockLedger ledger) {
    return ledger.state().value().at(0);
  }

  private Reply push(BlockLedger ledger, int worker, long base, float change) {
    return ledger.push(delta(worker, ++sequences[worker], base, change));
  }

  private static BlockLedger opened(AveragingOptions options, int workers) {
    BlockLedger ledger = ledger(options, 0f);
    IntStream.range(0, workers).forEach(worker -> ledger.open(lease(worker)));
    return ledger;
  }
}
