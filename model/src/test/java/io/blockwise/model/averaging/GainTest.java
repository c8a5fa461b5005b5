package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.copy;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.testing.RandomSeed;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How far the gain that keeps the norm lengthens a ledger's steps. */
class GainTest {
  private static final Offset<Double> CLOSE = within(1e-12);

  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @Test
  void equalReplicasKeepItAtOne() {
    Random random = SEED.random();
    BlockLedger ledger = opened(4, new float[3]);
    for (int push = 1; push <= 10; push++) {
      float[] same = {random.nextFloat(), random.nextFloat() - 1, 1e-3f * random.nextFloat()};
      round(ledger, 4, push, worker -> same);
      assertThat(ledger.gain()).isEqualTo(1);
    }
  }

  @Test
  void orthogonalChangesBringItToTheRootOfTheWorkers() {
    BlockLedger ledger = opened(4, new float[4]);
    round(ledger, 3, 1, worker -> unit(4, worker));
    assertThat(ledger.gain()).as("one member has not pushed yet").isEqualTo(1);
    ledger.push(delta(3, 1, 3, unit(4, 3)));
    assertThat(ledger.gain()).isEqualTo(2, CLOSE);
    float before = ledger.state().value().at(1);
    ledger.push(delta(1, 2, 4, unit(4, 1)));
    assertThat(ledger.state().value().at(1) - before).isEqualTo(2 * 0.25f);
  }

  @Test
  void itIsTheRatioOfTheNormsInBetween() {
    BlockLedger ledger = opened(2, new float[2]);
    ledger.push(delta(0, 1, 0, 1f, 0f));
    ledger.push(delta(1, 1, 1, 0.6f, 0.8f));
    assertThat(ledger.gain()).isEqualTo(1 / Math.hypot(0.8, 0.4), within(1e-7));
  }

  @Test
  void nearlyEqualChangesKeepItAtOne() {
    BlockLedger ledger = opened(2, new float[2]);
    ledger.push(delta(0, 1, 0, 1f, 0.1f)); // 1.005 times the mean
    ledger.push(delta(1, 1, 1, 1f, -0.1f));
    assertThat(ledger.gain()).isEqualTo(1);
  }

  @Test
  void changesThatCancelBringItToTheRootOfTheWorkersAndNoFurther() {
    BlockLedger ledger = opened(2, new float[2]);
    ledger.push(delta(0, 1, 0, 1f, -2f));
    ledger.push(delta(1, 1, 1, -1f, 2f));
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(2), CLOSE);
    ledger.push(delta(0, 2, 2, 1f, 0f));
    assertThat(ledger.state().value().at(0)).isEqualTo((float) Math.sqrt(0.5));
  }

  @Test
  void workersThatPushZerosLengthenNothing() {
    BlockLedger ledger = opened(2, new float[2]);
    round(ledger, 2, 1, worker -> worker == 0 ? new float[2] : unit(2, 1));
    assertThat(ledger.gain()).as("one of two").isEqualTo(1);
    round(ledger, 2, 2, worker -> new float[2]);
    assertThat(ledger.gain()).as("both").isEqualTo(1);
    BlockLedger three = opened(3, new float[2]);
    round(three, 3, 1, worker -> worker == 2 ? new float[2] : unit(2, worker));
    assertThat(three.gain()).as("beside two orthogonal ones").isEqualTo(Math.sqrt(2), CLOSE);
  }

  @Test
  void oneWorkerHasOne() {
    BlockLedger copies = opened(1, 0f);
    BlockLedger plain = ledger(average(1), 0f);
    plain.open(lease(0));
    for (int push = 1; push <= 5; push++) {
      for (BlockLedger ledger : new BlockLedger[] {copies, plain}) {
        Push one = push < 4 ? copy(0, push, push - 1, 0.3f * push) : delta(0, push, push - 1, 0.1f);
        assertThat(ledger.push(one).verdict().settles()).isTrue();
      }
      assertThat(copies.state()).isEqualTo(plain.state());
      assertThat(copies.gain()).isEqualTo(1);
    }
  }

  @Test
  void workersMayGoFromEightToOneAndBack() {
    BlockLedger ledger = opened(8, new float[8]);
    round(ledger, 8, 1, worker -> unit(8, worker));
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(8), CLOSE);
    for (int worker = 1; worker < 8; worker++) {
      ledger.lose(worker, 1);
    }
    assertThat(ledger.gain()).as("alone").isEqualTo(1);
    float[] value = ledger.state().value().toArray();
    assertThat(ledger.push(copy(0, 2, 8, value)).verdict()).isEqualTo(Verdict.COPIED);
    assertThat(ledger.state().value()).isEqualTo(FloatVector.copyOf(value));
    for (int worker = 1; worker < 8; worker++) {
      ledger.open(new LeaseAttempt(Averaging.RUN, worker, 2, 1));
    }
    assertThat(ledger.gain()).isEqualTo(1);
    for (int worker = 1; worker < 8; worker++) {
      LeaseAttempt lease = new LeaseAttempt(Averaging.RUN, worker, 2, 1);
      ledger.push(Averaging.push(lease, 1, 9, 1, Push.Kind.DELTA, unit(8, worker)));
      assertThat(ledger.gain()).isEqualTo(1);
    }
    ledger.push(delta(0, 3, 9, unit(8, 0)));
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(8), CLOSE);
  }

  @Test
  void aMemberThatIsReplacedBetweenTwoPushesBeginsItAnew() {
    BlockLedger ledger = opened(2, new float[2]);
    round(ledger, 2, 1, worker -> unit(2, worker));
    ledger.push(delta(0, 2, 2, unit(2, 0)));
    ledger.lose(1, 1);
    LeaseAttempt next = new LeaseAttempt(Averaging.RUN, 1, 2, 1);
    ledger.open(next);
    assertThat(ledger.gain()).isEqualTo(1);
    ledger.push(Averaging.push(next, 1, 3, 1, Push.Kind.DELTA, unit(2, 1)));
    assertThat(ledger.gain()).as("the push of before is forgotten").isEqualTo(1);
    ledger.push(delta(0, 3, 4, unit(2, 0)));
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(2), CLOSE);
  }

  @Test
  void leasesThatEndAndOpenChangeNothing() {
    BlockLedger ledger = opened(2, new float[2]);
    round(ledger, 2, 1, worker -> unit(2, worker));
    ledger.push(delta(0, 2, 2, unit(2, 0)));
    for (int worker = 0; worker < 2; worker++) {
      ledger.retire(worker, 1);
      ledger.announce(worker);
      ledger.open(new LeaseAttempt(Averaging.RUN, worker, 2, 1));
    }
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(2), CLOSE);
    LeaseAttempt next = new LeaseAttempt(Averaging.RUN, 1, 2, 1);
    ledger.push(Averaging.push(next, 1, 3, 1, Push.Kind.DELTA, unit(2, 0)));
    assertThat(ledger.gain()).as("both of the round go the same way").isEqualTo(1);
  }

  @Test
  void whatIsNotFiniteBeginsItAnew() {
    BlockLedger ledger = opened(2, new float[2]);
    round(ledger, 2, 1, worker -> unit(2, worker));
    assertThat(ledger.push(delta(0, 2, 2, Float.NaN, 0f)).verdict()).isEqualTo(Verdict.NON_FINITE);
    assertThat(ledger.gain()).isEqualTo(1);
    round(ledger, 2, 3, worker -> unit(2, worker));
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(2), CLOSE);
  }

  @Test
  void aStepThatWouldNotBeFiniteBeginsItAnew() {
    BlockLedger ledger = opened(2, Float.MAX_VALUE, 0f);
    round(ledger, 2, 1, worker -> new float[] {0, worker});
    ledger.push(delta(0, 2, 2, 0f, Float.MAX_VALUE));
    assertThat(ledger.push(delta(1, 2, 3, Float.MAX_VALUE, 0f)).verdict())
        .isEqualTo(Verdict.NON_FINITE);
    assertThat(ledger.gain()).isEqualTo(1);
    round(ledger, 2, 3, worker -> new float[] {0, 1});
    assertThat(ledger.gain()).isEqualTo(1);
  }

  @Test
  void aStalePushWeighsAsMuchAsAnother() {
    BlockLedger ledger = opened(2, new float[2]);
    round(ledger, 2, 1, worker -> new float[2]);
    for (int push = 2; push <= 9; push++) {
      ledger.push(delta(0, push, push, 0f, 0f));
    }
    ledger.push(delta(1, 2, 1, 0f, 1f)); // 4.5 rounds late
    assertThat(ledger.state().value().at(1)).as("of its share, 0 and 1/8").isEqualTo(1 / 16f);
  }

  @Test
  void aRoundWithStalePushesHasNoGainOnlyAboveTwoRoundsOnAverage() {
    assertThat(gainAfterPushesOf(3)).isEqualTo(1);
    assertThat(gainAfterPushesOf(2)).isEqualTo(Math.sqrt(2), CLOSE);
  }

  /** Of a round in which both pushes are that stale, in rounds, and orthogonal. */
  private static double gainAfterPushesOf(int staleness) {
    BlockLedger ledger = opened(2, new float[2]);
    for (int push = 1; push <= 4; push++) {
      int number = push;
      round(ledger, 2, number, worker -> new float[] {1, 0});
    }
    ledger.push(delta(0, 5, 8 - 2L * staleness, unit(2, 0)));
    ledger.push(delta(1, 5, 9 - 2L * staleness, unit(2, 1)));
    return ledger.gain();
  }

  @Test
  void aRoundEndsAfterTwiceAsManyPushesAsMembers() {
    BlockLedger ledger = opened(3, new float[6]);
    for (int push = 1; push <= 6; push++) {
      assertThat(ledger.gain()).isEqualTo(1);
      ledger.push(delta(push % 2, push, push - 1, unit(6, push - 1)));
    }
    assertThat(ledger.gain()).as("capped").isEqualTo(Math.sqrt(3), CLOSE);
  }

  @Test
  void pushesThatAreDroppedCountNothing() {
    BlockLedger ledger = ledger(average(1, Codec.FP32, 1, Gain.NORM), new float[2]);
    ledger.open(lease(0));
    ledger.open(lease(1));
    for (int push = 1; push <= 3; push++) {
      ledger.push(delta(0, push, push - 1, 1f, 0f));
    }
    assertThat(ledger.push(delta(1, 1, 0, 0f, 1f)).verdict()).isEqualTo(Verdict.DROPPED);
    ledger.push(delta(0, 4, 3, 1f, 0f));
    assertThat(ledger.gain()).as("four pushes the same way").isEqualTo(1);
  }

  @Test
  void runningStatisticsAreNotLengthened() {
    BlockState start = BlockState.initial(new float[2], new float[] {0, 1});
    BlockLedger ledger =
        new BlockLedger(
            Averaging.RUN,
            1,
            norm(1),
            new BlockLedger.Tensors(
                ArrayBlock.tensorsOf(start.value().length()), RandomSchedule.STATISTICS),
            start,
            System::nanoTime);
    ledger.open(lease(0));
    ledger.open(lease(1));
    ledger.push(withMean(0, 1, 0, unit(2, 0), 0));
    ledger.push(withMean(1, 1, 1, unit(2, 1), 0));
    assertThat(ledger.gain()).isEqualTo(Math.sqrt(2), CLOSE);
    ledger.push(withMean(0, 2, 2, unit(2, 0), 8));
    assertThat(ledger.state().statistics().at(0)).as("half of it").isEqualTo(4f);
  }

  private static Push withMean(int worker, long sequence, long base, float[] values, float mean) {
    return new Push(
        lease(worker),
        1,
        sequence,
        base,
        1,
        Push.Kind.DELTA,
        false,
        Payload.of(Codec.FP32, values),
        FloatVector.copyOf(new float[] {mean, 1}));
  }

  private interface Change {
    float[] of(int worker);
  }

  /** A push of the first workers, each on the newest version. */
  private static void round(BlockLedger ledger, int workers, long sequence, Change change) {
    for (int worker = 0; worker < workers; worker++) {
      long base = ledger.state().version();
      Reply reply = ledger.push(delta(worker, sequence, base, change.of(worker)));
      assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
    }
  }

  private static float[] unit(int length, int index) {
    float[] values = new float[length];
    values[index] = 1;
    return values;
  }

  private static BlockLedger opened(int workers, float... values) {
    BlockLedger ledger = ledger(norm(1), values);
    for (int worker = 0; worker < workers; worker++) {
      ledger.open(lease(worker));
    }
    return ledger;
  }
}
