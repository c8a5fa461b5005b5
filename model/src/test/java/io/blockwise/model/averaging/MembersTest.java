package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.copy;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.ledger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On whom the averaging counts while leases end and open. */
class MembersTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 8, 64})
  void workersWhoseLeasesAllEndAfterOnePushWeighTheSame(int workers) {
    BlockLedger ledger = ledger(average(1, Codec.FP32, 1), 0f);
    for (int epoch = 1; epoch <= 12; epoch++) {
      for (int worker = 0; worker < workers; worker++) {
        ledger.announce(worker);
      }
      long base = ledger.state().version();
      for (int worker = 0; worker < workers; worker++) {
        ledger.open(lease(worker, epoch));
      }
      for (int worker = 0; worker < workers; worker++) {
        float before = ledger.state().value().at(0);
        Reply reply = ledger.push(last(lease(worker, epoch), base, 1f));
        assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
        assertThat((double) ledger.state().value().at(0) - before)
            .as("worker %d in epoch %d", worker, epoch)
            .isCloseTo(1.0 / workers, within(0.01 / workers));
      }
    }
    assertThat(ledger.counts().dropped()).isZero();
  }

  @Test
  void anEpochMayBeginBeforeTheLastWorkersHaveOpenedTheirLeases() {
    BlockLedger ledger = opened(4);
    for (int worker = 0; worker < 4; worker++) {
      ledger.push(last(lease(worker, 1), 0, 0f));
    }
    ledger.open(lease(0, 2));
    float before = ledger.state().value().at(0);
    assertThat(ledger.push(last(lease(0, 2), 4, 1f)).members()).isEqualTo(4);
    assertThat(ledger.state().value().at(0) - before).isEqualTo(0.25f);
  }

  @Test
  void aWorkerWithoutALeaseLeavesAfterTwoRoundsOfTheOthers() {
    BlockLedger ledger = opened(3);
    ledger.retire(2, 1);
    for (int push = 1; push <= 5; push++) {
      int worker = push % 2;
      Reply reply = ledger.push(delta(worker, push, push - 1, 0f));
      assertThat(reply.members()).as("after push %d", push).isEqualTo(3);
    }
    assertThat(ledger.push(delta(0, 6, 5, 0f)).members()).isEqualTo(2);
    ledger.open(lease(2, 2));
    assertThat(ledger.push(delta(0, 7, 6, 0f)).members()).isEqualTo(3);
  }

  @Test
  void aWorkerThatIsLostLeavesAtOnce() {
    BlockLedger ledger = opened(2);
    ledger.lose(1, 1);
    Reply reply = ledger.push(copy(0, 1, 0, 5f));
    assertThat(reply.members()).isEqualTo(1);
    assertThat(reply.verdict()).as("it is alone").isEqualTo(Verdict.COPIED);
    assertThat(ledger.open(lease(1, 1)).verdict()).isEqualTo(Verdict.FENCED);
    ledger.open(lease(1, 2));
    assertThat(ledger.push(copy(0, 2, 1, 6f)).verdict()).isEqualTo(Verdict.COPY_REFUSED);
  }

  @Test
  void aSlowWorkerWithALeaseStaysAMember() {
    BlockLedger ledger = opened(2);
    for (int push = 1; push <= 50; push++) {
      assertThat(ledger.push(delta(0, push, push - 1, 0f)).members()).isEqualTo(2);
    }
  }

  private static BlockLedger opened(int workers) {
    BlockLedger ledger = ledger(average(1), 0f);
    for (int worker = 0; worker < workers; worker++) {
      ledger.open(lease(worker, 1));
    }
    return ledger;
  }

  private static LeaseAttempt lease(int worker, int number) {
    return new LeaseAttempt(Averaging.RUN, worker, number, 1);
  }

  private static Push last(LeaseAttempt lease, long base, float value) {
    return new Push(
        lease,
        1,
        1,
        base,
        1,
        Push.Kind.DELTA,
        true,
        Payload.of(Codec.FP32, new float[] {value}),
        FloatVector.EMPTY);
  }
}
