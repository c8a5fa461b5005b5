package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a codec loses goes with later pushes, since a worker notes what it has told the ledger. */
class ErrorFeedbackTest {
  private static final int VALUES = 4096 + 100;
  private static final int PUSHES = 1000;

  private final CountingBlock block = new CountingBlock(VALUES);
  private BlockLedger ledger;
  private WorkerReplica worker;

  /**
   * One value learns 1 with every push and all others a thousandth of that or less, which is no
   * step of INT4 (a seventh), nor half a step of INT8.
   */
  @ParameterizedTest
  @EnumSource(Codec.class)
  void whatTravelledAddsUpToWhatWasLearned(Codec codec) throws InterruptedException {
    start(codec);
    for (int push = 0; push < PUSHES; push++) {
      for (int i = 0; i < VALUES; i++) {
        block.parameters[i] += change(i);
      }
      worker.block(1).afterStep(1);
    }
    assertTravelled(0.08f); // a fourteenth of what one push carries: 1, and what was left over
    for (int push = 0; push < 8; push++) {
      worker.block(1).afterStep(1); // nothing new, only what is left over
    }
    assertTravelled(2e-4f); // rounding of floats near 1000
    assertThat(ledger.counts().accepted()).isEqualTo(PUSHES + 8);
  }

  private void assertTravelled(float tolerance) {
    FloatVector travelled = ledger.state().value();
    for (int i = 0; i < VALUES; i++) {
      assertThat(travelled.at(i)).isCloseTo(PUSHES * change(i), within(tolerance));
    }
  }

  private static float change(int i) {
    return i == 0 ? 1 : (i % 9 - 4) * 2.5e-4f;
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void infinitiesAreRefusedAndTheBlockBeginsAnew(Codec codec) throws InterruptedException {
    start(codec);
    block.step(0.5f);
    worker.block(1).afterStep(1);
    FloatVector before = ledger.state().value();
    block.fill(Float.POSITIVE_INFINITY);
    worker.block(1).afterStep(1);
    assertThat(ledger.counts().nonFinite()).isEqualTo(1);
    assertThat(ledger.state().value()).isEqualTo(before);
    assertThat(FloatVector.copyOf(block.parameters)).isEqualTo(before);
    block.step(0.25f);
    worker.block(1).afterStep(1);
    assertThat(ledger.state().value().at(VALUES - 1)).isCloseTo(0.75f, within(1e-6f));
  }

  private void start(Codec codec) throws InterruptedException {
    AveragingOptions options = average(1, codec, 1e9);
    List<BlockLedger> ledgers = ledgers(options, List.of(block));
    ledger = ledgers.get(0);
    worker = new WorkerReplica(List.of(block), new InProcessExchange(ledgers), options, PATIENCE);
    worker.start(lease(0));
  }
}
