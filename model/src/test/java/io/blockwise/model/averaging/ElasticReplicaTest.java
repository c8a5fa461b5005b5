package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.elastic;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The worker's side of rule elastic: it comes towards the ledger as far as that towards it. */
class ElasticReplicaTest {
  private static final UnaryOperator<ParameterExchange> AT_ONCE = exchange -> exchange;

  private final CountingBlock block = new CountingBlock(1);
  private BlockLedger ledger;
  private WorkerReplica worker;

  @Test
  void aPushDrawsWorkerAndLedgerTowardsEachOther() throws InterruptedException {
    startBesideAnother(elastic(1, 1e9), AT_ONCE);
    step(100);
    assertThat(ledger.state().value().at(0)).isEqualTo(45f);
    assertThat(block.parameters[0]).isEqualTo(55f);
    ledger.push(delta(1, 1, 1, 15f));
    step(5);
    float drawn = 0.45f * (60 - 45); // from the value that it had adopted, not from the newest
    assertThat(ledger.state().value().at(0)).isEqualTo(60 + drawn);
    assertThat(block.parameters[0]).isEqualTo(60 - drawn);
    step(0);
    assertThat(block.parameters[0]).as("the newest one is known now").isGreaterThan(60 - drawn);
  }

  @Test
  void whatIsLearnedWhileAPushIsOnItsWayIsKept() throws InterruptedException {
    startBesideAnother(elastic(2, 1e9), exchange -> new LateExchange(exchange, 2));
    step(50);
    step(50); // sent
    step(1);
    step(1); // settled, and the next one is sent
    assertThat(block.parameters[0]).isEqualTo(102 - 45);
    assertThat(ledger.state().value().at(0)).isEqualTo(45f);
  }

  @Test
  void aDropDrawsTheWorkerAlone() throws InterruptedException {
    startBesideAnother(elastic(2, 0.4), exchange -> new LateExchange(exchange, 1));
    ledger.push(delta(1, 1, 0, 8f));
    step(50);
    step(50); // one version old, so half a round: too stale
    step(0);
    assertThat(ledger.counts().dropped()).isEqualTo(1);
    assertThat(ledger.state().value().at(0)).isEqualTo(8f);
    assertThat(block.parameters[0]).isEqualTo(55f);
  }

  @Test
  void whatACodecLosesStaysWithTheWorker() throws InterruptedException {
    startBesideAnother(elastic(1, Codec.FP16, 9), AT_ONCE);
    step(1.1f);
    float told = ledger.state().value().at(0);
    assertThat(told).isNotEqualTo(0.45f * 1.1f).isCloseTo(0.495f, within(1e-3f));
    assertThat(block.parameters[0]).isEqualTo(1.1f - told);
  }

  @Test
  void aWorkerThatWasAloneKeepsItsValueWhenAnotherOneMovesTheLedger() throws InterruptedException {
    start(elastic(1, 1e9), exchange -> new LateExchange(exchange, 1));
    step(7); // a copy, on its way
    worker.block(1).awaitSettled();
    join();
    step(1);
    ledger.push(delta(1, 1, 1, 2f));
    worker.block(1).awaitSettled();
    assertThat(ledger.state().value().at(0)).as("7 from the copy").isEqualTo(9 + 0.45f);
    assertThat(block.parameters[0]).isEqualTo(8 - 0.45f);
  }

  @Test
  void aCopyThatIsNotTheLatestValueAnyMoreDrawsNobody() throws InterruptedException {
    LateExchange[] late = new LateExchange[1];
    start(elastic(1, 1e9), exchange -> late[0] = new LateExchange(exchange, 2));
    step(7);
    for (int question = 1;
        question <= 2;
        question++) { // it arrives, the worker does not hear of it
      assertThat(late[0].fetch(new Fetch(lease(0), 1, 1))).isCompleted();
    }
    assertThat(ledger.counts().accepted()).isEqualTo(1);
    join();
    ledger.push(delta(1, 1, 1, 2f));
    worker.block(1).awaitSettled();
    assertThat(ledger.state().value().at(0)).isEqualTo(9f);
    assertThat(block.parameters[0]).isEqualTo(7f);
    assertThat(worker.block(1).version()).isEqualTo(2);
  }

  @Test
  void theLeaseThatFollowsBeginsWithTheWorkersOwnValue() throws InterruptedException {
    startBesideAnother(elastic(1, 1e9), AT_ONCE);
    step(100);
    worker.flush();
    ledger.push(delta(1, 1, 1, 5f));
    worker.resume(new LeaseAttempt(Averaging.RUN, 0, 2, 1));
    assertThat(block.parameters[0]).isEqualTo(55f);
    assertThat(worker.block(1).version()).isEqualTo(2);
    worker.start(new LeaseAttempt(Averaging.RUN, 0, 3, 1));
    assertThat(block.parameters[0]).as("without a past").isEqualTo(50f);
  }

  private void start(AveragingOptions options, UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    List<BlockLedger> all = ledgers(options, List.of(block));
    ledger = all.get(0);
    worker =
        new WorkerReplica(
            List.of(block), transport.apply(new InProcessExchange(all)), options, PATIENCE);
    worker.start(lease(0));
  }

  private void startBesideAnother(
      AveragingOptions options, UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    start(
        options,
        exchange -> {
          join();
          return transport.apply(exchange);
        });
  }

  /** Another worker comes, whose pushes the test makes. */
  private void join() {
    ledger.open(lease(1));
  }

  private void step(float by) throws InterruptedException {
    block.step(by);
    worker.block(1).afterStep(10);
  }
}
