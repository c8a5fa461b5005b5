package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.delta;
import static io.blockwise.model.averaging.Averaging.grace;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.quorum;
import static io.blockwise.model.averaging.Averaging.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rounds that wait as long as that holds up nobody's next push. */
class GraceTest {
  /** Of a worker whose next push is due in 80, and whose pushes take 20. */
  private static final Push.Timing SIXTY = new Push.Timing(10, 8, 20);

  private final AtomicLong clock = new AtomicLong(1000);

  @Test
  void aRoundWaitsGammaOfWhatIsLeftUntilTheNextPush() {
    BlockLedger ledger = opened(grace(8, 0.5), 2);
    ledger.push(timed(0, SIXTY, 4f));
    assertThat(decided(ledger, 0, 29)).isFalse();
    assertThat(decided(ledger, 0, 30)).isTrue();
    assertThat(ledger.state().value().at(0)).isEqualTo(4f);
  }

  @Test
  void whoeverHasTheLeastTimeEndsTheRound() {
    BlockLedger ledger = opened(grace(8, 1), 3);
    ledger.push(timed(0, SIXTY, 4f));
    clock.addAndGet(10);
    ledger.push(timed(1, new Push.Timing(5, 4, 0), 8f)); // until 30, where the first has until 60
    assertThat(decided(ledger, 0, 19)).isFalse();
    assertThat(decided(ledger, 0, 20)).isTrue();
    assertThat(ledger.state().value().at(0)).isEqualTo(6f);
  }

  @Test
  void whoHasMoreTimeThanTheFirstDoesNotMakeItWaitLonger() {
    BlockLedger ledger = opened(grace(8, 1), 3);
    ledger.push(timed(0, SIXTY, 4f));
    clock.addAndGet(10);
    ledger.push(timed(1, new Push.Timing(1000, 8, 0), 8f));
    assertThat(decided(ledger, 0, 49)).isFalse();
    assertThat(decided(ledger, 0, 50)).isTrue();
  }

  @Test
  void aPushThatIsWithdrawnTakesItsGraceWithIt() {
    List<Consumer<BlockLedger>> ends =
        List.of(
            ledger -> ledger.lose(1, lease(1).lease()),
            ledger -> ledger.close(lease(1)),
            ledger -> ledger.open(new LeaseAttempt(Averaging.RUN, 1, 1, 2)));
    for (Consumer<BlockLedger> end : ends) {
      BlockLedger ledger = opened(grace(8, 1), 3);
      ledger.push(timed(0, SIXTY, 4f));
      ledger.push(timed(1, new Push.Timing(5, 4, 0), 8f)); // until 20
      clock.addAndGet(10);
      end.accept(ledger);
      assertThat(decided(ledger, 0, 49)).isFalse();
      assertThat(decided(ledger, 0, 50)).isTrue();
      assertThat(ledger.state().value().at(0)).isEqualTo(4f);
    }
  }

  @Test
  void aTimeCountsFromTheFirstPushThatIsStillInTheRound() {
    BlockLedger ledger = opened(quorum(8, 0, Duration.ofNanos(100)), 3);
    ledger.push(timed(0, SIXTY, 4f));
    clock.addAndGet(10);
    ledger.push(timed(1, SIXTY, 8f));
    ledger.lose(0, lease(0).lease());
    assertThat(decided(ledger, 1, 99)).isFalse();
    assertThat(decided(ledger, 1, 100)).isTrue();
    assertThat(ledger.state().value().at(0)).isEqualTo(8f);
  }

  @Test
  void aRoundWhoseOnlyPushIsWithdrawnHasNotBegun() {
    BlockLedger ledger = opened(grace(8, 1), 3);
    ledger.push(timed(0, SIXTY, 4f));
    ledger.lose(0, lease(0).lease());
    clock.addAndGet(1000);
    ledger.push(timed(1, SIXTY, 8f));
    assertThat(decided(ledger, 1, 59)).isFalse();
    assertThat(decided(ledger, 1, 60)).isTrue();
  }

  @Test
  void theNextRoundHasAWaitOfItsOwn() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    ledger.push(timed(0, new Push.Timing(1, 8, 0), 4f));
    assertThat(decided(ledger, 0, 8)).isTrue();
    ledger.push(timed(1, SIXTY, 2f));
    assertThat(decided(ledger, 1, 59)).isFalse();
    assertThat(decided(ledger, 1, 60)).isTrue();
  }

  @Test
  void allThatAreThereNeedNoWait() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    ledger.push(timed(0, SIXTY, 4f));
    assertThat(ledger.push(timed(1, SIXTY, 8f)).verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(ledger.state().value().at(0)).isEqualTo(6f);
  }

  @Test
  void whoCannotWaitOrDoesNotKnowIsFoldedAtOnce() {
    BlockLedger ledger = opened(grace(8, 1), 3);
    assertThat(ledger.push(timed(0, new Push.Timing(10, 8, 80), 1f)).verdict())
        .as("the round trip takes as long as the period")
        .isEqualTo(Verdict.FOLDED);
    assertThat(ledger.push(timed(1, new Push.Timing(10, 8, Long.MAX_VALUE), 1f)).verdict())
        .isEqualTo(Verdict.FOLDED);
    assertThat(ledger.push(delta(2, 1, 0, 1f)).verdict()).isEqualTo(Verdict.FOLDED);
  }

  @Test
  void theLongestTimesDoNotOverflow() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    ledger.push(timed(0, new Push.Timing(Long.MAX_VALUE, Integer.MAX_VALUE, 0), 1f));
    assertThat(decided(ledger, 0, Duration.ofDays(1000).toNanos())).isFalse();
  }

  @Test
  void timesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Push.Timing(-1, 1, 0))
        .hasMessage("Invalid step time: -1 (must be at least 0)");
    assertThatThrownBy(() -> new Push.Timing(1, 0, 0))
        .hasMessage("Invalid period: 0 (must be at least 1)");
    assertThatThrownBy(() -> new Push.Timing(1, 1, -1))
        .hasMessage("Invalid round trip: -1 (must be at least 0)");
  }

  @Test
  @Timeout(60)
  void whoWaitsAtTheEndOfALeaseIsWokenWhenTheGraceIsOver() throws InterruptedException {
    BlockLedger ledger = ledger(grace(8, 1), 0f);
    ledger.open(lease(0));
    ledger.open(lease(1));
    ledger.push(timed(0, new Push.Timing(Duration.ofMillis(1).toNanos(), 8, 0), 1f));
    Reply reply = ledger.await(new Fetch(lease(0), 1, 1), Duration.ofDays(1));
    assertThat(reply.verdict()).isEqualTo(Verdict.FOLDED);
  }

  /** Median 10, deviations 0 0 0 0 2 2 4 4 with median 1. */
  private static final long[] ROUNDS = {10, 10, 12, 8, 10, 14, 6, 10};

  private static final Push.Timing THOUSAND = new Push.Timing(125, 8, 0);

  @Test
  void aRoundWaitsNoLongerThanRoundsTake() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    fill(ledger, ROUNDS);
    ledger.push(timed(0, 9, THOUSAND, 1f));
    assertThat(decided(ledger, 0, 9, 10 + 4)).isFalse();
    assertThat(decided(ledger, 0, 9, 10 + 4 + 1)).isTrue();
  }

  @Test
  void aRoundWaitsForTheWholeGraceUntilItIsKnownHowLongRoundsTake() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    fill(ledger, 10, 10, 12, 8, 10, 14, 6);
    ledger.push(timed(0, 8, THOUSAND, 1f));
    assertThat(decided(ledger, 0, 8, 999)).isFalse();
    assertThat(decided(ledger, 0, 8, 1000)).isTrue();
  }

  @Test
  void theDeadlineGivesWayWhenWorkersDriftApart() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    fill(ledger, ROUNDS);
    for (int round = 9; round <= 16; round++) {
      ledger.push(timed(0, round, THOUSAND, 1f));
      assertThat(decided(ledger, 0, round, 999)).as("given up before").isTrue();
    }
    ledger.push(timed(0, 17, THOUSAND, 1f)); // half of the latest 16 have been given up
    assertThat(decided(ledger, 0, 17, 999)).isFalse();
    assertThat(decided(ledger, 0, 17, 1000)).isTrue();
  }

  @Test
  void theDeadlineCountsFromTheFirstPushThatIsStillInTheRound() {
    BlockLedger ledger = opened(grace(8, 1), 3);
    for (int round = 1; round <= ROUNDS.length; round++) {
      ledger.push(timed(2, round, THOUSAND, 1f));
      fillOne(ledger, round, ROUNDS[round - 1]);
    }
    ledger.push(timed(0, 9, THOUSAND, 1f));
    clock.addAndGet(10);
    ledger.push(timed(1, 9, THOUSAND, 1f));
    ledger.close(lease(0));
    assertThat(decided(ledger, 1, 9, 10 + 4)).isFalse();
    assertThat(decided(ledger, 1, 9, 10 + 4 + 1)).isTrue();
  }

  @Test
  void theDeadlineIsOfTheLatestRounds() {
    BlockLedger ledger = opened(grace(8, 1), 2);
    fill(ledger, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900);
    for (long round = 11; round <= 26; round++) {
      fillOne(ledger, round, 10);
    }
    ledger.push(timed(0, 27, THOUSAND, 1f));
    assertThat(decided(ledger, 0, 27, 10)).as("as long as the others").isFalse();
    assertThat(decided(ledger, 0, 27, 11)).isTrue();
  }

  @Test
  void roundsOfAWorkerThatIsAloneTellNothing() {
    BlockLedger ledger = opened(grace(8, 1), 1);
    for (int round = 1; round <= 20; round++) {
      ledger.push(timed(0, round, THOUSAND, 1f));
    }
    ledger.open(lease(1));
    ledger.push(timed(0, 21, THOUSAND, 1f));
    assertThat(decided(ledger, 0, 21, 999)).isFalse();
  }

  @Test
  void aTimeIsWaitedForHoweverShortRoundsAre() {
    BlockLedger ledger = opened(quorum(8, 0, Duration.ofNanos(1000)), 2);
    fill(ledger, ROUNDS);
    ledger.push(timed(0, 9, THOUSAND, 1f));
    assertThat(decided(ledger, 0, 9, 999)).isFalse();
    assertThat(decided(ledger, 0, 9, 1000)).isTrue();
  }

  private void fill(BlockLedger ledger, long... nanos) {
    for (int round = 1; round <= nanos.length; round++) {
      fillOne(ledger, round, nanos[round - 1]);
    }
  }

  private void fillOne(BlockLedger ledger, long round, long nanos) {
    ledger.push(timed(0, round, THOUSAND, 1f));
    clock.addAndGet(nanos);
    assertThat(ledger.push(timed(1, round, THOUSAND, 1f)).decides(round)).isTrue();
  }

  @Test
  void aWorkerMeasuresItsStepsAndRoundTrips() throws InterruptedException {
    CountingBlock block = new CountingBlock(1);
    SlowCarrier carrier = new SlowCarrier(opened(grace(4, 1), 0));
    WorkerReplica worker =
        new WorkerReplica(List.of(block), carrier, grace(4, 1), PATIENCE, clock::get);
    worker.start(lease(0));
    step(worker, block, 1000, 1); // the first one of a lease is no measure
    step(worker, block, 12, 3);
    step(worker, block, 20, 4);
    step(worker, block, 30, 1);
    worker.flush();
    assertThat(carrier.pushes)
        .extracting(Push::timing)
        .containsExactly(
            new Push.Timing(12, 4, 0),
            // here the carrier is waited for, which takes its part of the time between two pushes
            new Push.Timing((4 * 20 + 10) / 4, 4, 3 + 7),
            new Push.Timing(30 + 10, 4, 10));
  }

  @Test
  void aLeaseOfOneBatchIsMeasuredByThat() throws InterruptedException {
    CountingBlock block = new CountingBlock(1);
    SlowCarrier carrier = new SlowCarrier(opened(grace(4, 1), 0));
    WorkerReplica worker =
        new WorkerReplica(List.of(block), carrier, grace(4, 1), PATIENCE, clock::get);
    worker.start(lease(0));
    step(worker, block, 1000, 1);
    worker.flush();
    assertThat(carrier.pushes)
        .extracting(Push::timing)
        .containsExactly(new Push.Timing(1000, 4, 0));
  }

  /** Three workers, of which one stops after its first push but keeps its lease. */
  @Test
  void aWorkerThatStallsHoldsUpNoPushOfTheOthers() throws InterruptedException {
    assertThat(sentBesideOneThatStalls(grace(8, 0.5))).containsExactly(100L, 100L, 1L);
    assertThat(sentBesideOneThatStalls(quorum(8, 0, Duration.ofDays(1))))
        .as("rounds that wait for it")
        .containsExactly(2L, 2L, 1L);
  }

  private List<Long> sentBesideOneThatStalls(AveragingOptions options) throws InterruptedException {
    BlockLedger ledger = opened(options, 0);
    List.of(0, 1, 2).forEach(ledger::announce);
    List<CountingBlock> blocks = new ArrayList<>();
    List<WorkerReplica> workers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CountingBlock block = new CountingBlock(1);
      InProcessExchange exchange = new InProcessExchange(List.of(ledger));
      blocks.add(block);
      workers.add(new WorkerReplica(List.of(block), exchange, options, PATIENCE, clock::get));
      workers.get(i).start(lease(i));
    }
    for (int batch = 1; batch <= 800; batch++) {
      clock.addAndGet(10);
      for (int i = 0; i < (batch <= 8 ? 3 : 2); i++) {
        blocks.get(i).step(1);
        workers.get(i).block(1).afterStep(1);
      }
    }
    return workers.stream().map(WorkerReplica::sent).toList();
  }

  private void step(WorkerReplica worker, CountingBlock block, long nanos, int batches)
      throws InterruptedException {
    for (int batch = 0; batch < batches; batch++) {
      clock.addAndGet(nanos);
      block.step(1);
      worker.block(1).afterStep(1);
    }
  }

  private BlockLedger opened(AveragingOptions options, int workers) {
    BlockLedger ledger = ledger(options, 1, new CountingBlock(1), clock::get);
    for (int worker = 0; worker < workers; worker++) {
      ledger.open(lease(worker));
    }
    return ledger;
  }

  private boolean decided(BlockLedger ledger, int worker, long after) {
    return decided(ledger, worker, 1, after);
  }

  /** Whether a push is decided some time from now; the clock stays there only if it is. */
  private boolean decided(BlockLedger ledger, int worker, long sequence, long after) {
    long now = clock.get();
    clock.addAndGet(after);
    boolean decided = ledger.fetch(new Fetch(lease(worker), 1, sequence)).decides(sequence);
    clock.set(decided ? clock.get() : now);
    return decided;
  }

  /** Takes 3 for a push, which it delivers without waiting for the decision, and 7 for the rest. */
  private final class SlowCarrier implements ParameterExchange {
    private final ParameterExchange exchange;
    private final List<Push> pushes = new ArrayList<>();

    SlowCarrier(BlockLedger ledger) {
      this.exchange = new InProcessExchange(List.of(ledger));
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      pushes.add(push);
      Reply before = exchange.fetch(new Fetch(push.lease(), push.block(), push.sequence())).join();
      var unused = exchange.push(push);
      clock.addAndGet(3);
      return CompletableFuture.completedFuture(before);
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      clock.addAndGet(7);
      return exchange.fetch(fetch);
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
      return exchange.await(fetch, atMost);
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {
      exchange.close(attempt, block);
    }
  }
}
