package io.blockwise.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a ledger tells whoever listens to it. */
class FoldListenerTest {
  private final List<String> folds = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong();

  @Test
  void everyAcceptedPushIsHeardOfWithItsWeight() {
    BlockLedger ledger = ledger(Averaging.average(1, Codec.FP32, 16));
    ledger.open(Averaging.lease(0));
    ledger.push(Averaging.copy(0, 1, 0, 1, 1));
    ledger.open(Averaging.lease(1));
    ledger.push(Averaging.delta(1, 1, 0, 2, 2));
    ledger.push(Averaging.delta(0, 2, 1, Float.NaN, 2));
    ledger.push(Averaging.copy(0, 3, 2, 5, 5));
    assertThat(folds)
        .as("what is refused moves nothing")
        .containsExactly(
            "worker 0 push 1 on 0: 1.0 x 1.0 -> 1", "worker 1 push 1 on 0: 0.5 x 1.0 -> 2");
    assertThat(ledger.state().value().toArray()).containsExactly(2, 2);
  }

  @Test
  void aRoundIsHeardOfByEveryPushThatHasWeight() {
    BlockLedger ledger = ledger(Averaging.lockStep(1));
    for (int worker = 0; worker < 3; worker++) {
      ledger.open(Averaging.lease(worker));
    }
    ledger.push(Averaging.push(Averaging.lease(2), 1, 0, 3, Push.Kind.DELTA, 4, 4));
    ledger.push(Push.pass(Averaging.lease(1), 1, 1, 0));
    assertThat(folds).isEmpty();
    ledger.push(Averaging.push(Averaging.lease(0), 1, 0, 1, Push.Kind.DELTA, 0, 8));
    assertThat(folds)
        .containsExactly(
            "worker 0 push 1 on 0: 0.25 x 1.0 -> 1", "worker 2 push 1 on 0: 0.75 x 1.0 -> 1");
  }

  @Test
  void aRestoredLedgerIsListenedToAsWell() {
    BlockLedger fresh = ledger(Averaging.quorum(1, 2, Duration.ofSeconds(1)));
    BlockLedger restored = fresh.restored(fresh.memento());
    restored.open(Averaging.lease(0));
    restored.push(Averaging.delta(0, 1, 0, 1, 1));
    assertThat(folds).containsExactly("worker 0 push 1 on 0: 1.0 x 1.0 -> 1");
  }

  private BlockLedger ledger(AveragingOptions options) {
    CountingBlock block = new CountingBlock(2);
    return new BlockLedger(
        Averaging.RUN,
        1,
        options,
        new BlockLedger.Tensors(block.parameters(), block.statistics()),
        BlockState.initial(block),
        clock::get,
        (push, weight, gain, after) ->
            folds.add(
                "worker %d push %d on %d: %s x %s -> %d"
                    .formatted(
                        push.lease().worker(),
                        push.sequence(),
                        push.baseVersion(),
                        weight,
                        gain,
                        after.version())));
  }
}
