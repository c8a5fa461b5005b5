package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.bySpeed;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Slower workers push after fewer steps. */
class PeriodBySpeedTest {
  private static final AveragingOptions EIGHT = bySpeed(8, 1e9);

  @Test
  void aSlowerWorkerGetsTheShareOfItsSpeed() {
    BlockLedger ledger = opened(EIGHT, 2);
    assertThat(period(ledger, 0, 1, 10)).as("nobody else is known").isEqualTo(8);
    assertThat(period(ledger, 1, 1, 30)).as("8 / 3").isEqualTo(3);
    assertThat(period(ledger, 0, 2, 10)).isEqualTo(8);
  }

  @Test
  void theSharesOfManySpeedsAreRounded() {
    BlockLedger ledger = opened(EIGHT, 8);
    long[] stepNanos = {100, 106, 107, 125, 160, 200, 320, 400};
    int[] periods = {8, 8, 7, 6, 5, 4, 3, 2}; // 7.55 and 7.48, 2.5
    for (int worker = 0; worker < stepNanos.length; worker++) {
      assertThat(period(ledger, worker, 1, stepNanos[worker])).isEqualTo(periods[worker]);
    }
  }

  @Test
  void aQuarterOfThePeriodIsTheLeast() {
    BlockLedger ledger = opened(EIGHT, 2);
    period(ledger, 0, 1, 10);
    assertThat(period(ledger, 1, 1, 1_000_000)).isEqualTo(2);
    BlockLedger often = opened(bySpeed(3, 1e9), 2);
    period(often, 0, 1, 10);
    assertThat(period(often, 1, 1, 1_000_000)).isEqualTo(1);
  }

  @Test
  void whomATenthAreFasterThanIsTheMeasure() {
    BlockLedger ledger = opened(EIGHT, 11);
    for (int worker = 0; worker < 10; worker++) {
      period(ledger, worker, 1, 10);
    }
    assertThat(period(ledger, 10, 1, 1)).as("ten times as fast as any other").isEqualTo(8);
    assertThat(period(ledger, 0, 2, 10)).isEqualTo(8);
  }

  @Test
  void onePushThatWasHeldUpCountsHalf() {
    BlockLedger ledger = opened(EIGHT, 2);
    period(ledger, 0, 1, 100);
    period(ledger, 1, 1, 100);
    assertThat(period(ledger, 1, 2, 300)).as("as if 200").isEqualTo(4);
    assertThat(period(ledger, 1, 3, 100)).as("as if 150").isEqualTo(5);
  }

  @Test
  void aWorkerThatHasNotMeasuredItselfHasTheWholePeriodAndIsNoMeasure() {
    BlockLedger ledger = opened(EIGHT, 2);
    assertThat(period(ledger, 0, 1, 0)).isEqualTo(8);
    assertThat(period(ledger, 1, 1, 30)).isEqualTo(8);
  }

  @Test
  void aWorkerThatIsLostIsNoMeasure() {
    BlockLedger ledger = opened(EIGHT, 2);
    period(ledger, 0, 1, 10);
    assertThat(period(ledger, 1, 1, 20)).isEqualTo(4);
    ledger.lose(0, 1);
    assertThat(ledger.fetch(new Fetch(lease(1), 1, 0)).period()).isEqualTo(8);
  }

  @Test
  void aLeaseOpensWithThePeriodThatItsWorkerHad() {
    BlockLedger ledger = opened(EIGHT, 2);
    period(ledger, 0, 1, 10);
    period(ledger, 1, 1, 20);
    ledger.retire(1, 1);
    assertThat(ledger.open(new LeaseAttempt(Averaging.RUN, 1, 2, 1)).period()).isEqualTo(4);
  }

  @Test
  void whoIsAlwaysDroppedHasThePeriodOfItsSpeedHalved() {
    BlockLedger ledger = opened(bySpeed(8, 0.4), 2);
    period(ledger, 0, 1, 10);
    assertThat(period(ledger, 1, 1, 20)).as("dropped for the first time").isEqualTo(4);
    period(ledger, 1, 2, 20);
    assertThat(period(ledger, 1, 3, 20)).as("for the third").isEqualTo(2);
    assertThat(ledger.counts().periodsHalved()).isEqualTo(1);
  }

  @Test
  void withoutItAllHaveThePeriod() {
    BlockLedger ledger = opened(average(8), 2);
    period(ledger, 0, 1, 10);
    assertThat(period(ledger, 1, 1, 1000)).isEqualTo(8);
  }

  @Test
  void aWorkerThatIsAloneHasThePeriodHoweverItsSpeedChanges() {
    BlockLedger ledger = opened(EIGHT, 1);
    for (int push = 1; push <= 5; push++) {
      assertThat(period(ledger, 0, push, 10L * push * push)).isEqualTo(8);
    }
  }

  /** Both push once in 8 of the fast one's steps, and the slow one's changes are not older. */
  @Test
  void workersOfAllSpeedsPushAsOften() throws InterruptedException {
    Simulation simulation = new Simulation(EIGHT, 1, 1, 3);
    simulation.run(8000);
    List<Worker> workers = simulation.workers;
    assertThat(workers.get(0).replica.sent()).isCloseTo(1000, within(10L));
    assertThat(workers.get(1).replica.sent()).isCloseTo(8000 / 3 / 3, within(10L));
    // 3/4 of the fast one's progress and 1/4 of a third, by their shares of the examples
    assertThat(simulation.ledgers.get(0).state().value().at(0) / 8000)
        .isCloseTo(0.83f, within(0.04f));
  }

  @Test
  void thePushesOfAWorkersBlocksStaySpread() throws InterruptedException {
    Simulation simulation = new Simulation(EIGHT, 4, 1, 2);
    simulation.run(8000);
    TreeMap<Long, Long> pushes = simulation.workers.get(1).pushesByBatch;
    assertThat(pushes.tailMap(100L).values()).as("one of four blocks at a time").containsOnly(1L);
    assertThat(pushes.tailMap(100L)).hasSizeGreaterThan(3800);
  }

  @Test
  void aPeriodThatKeepsChangingMakesNoMorePushes() throws InterruptedException {
    CountingBlock block = new CountingBlock(1);
    ParameterExchange exchange =
        new Dictated(
            new InProcessExchange(ledgers(average(8), List.of(block))),
            push -> push % 2 == 0 ? 7 : 8);
    WorkerReplica worker = new WorkerReplica(List.of(block), exchange, average(8), PATIENCE);
    worker.start(lease(0));
    List<Integer> pushedAt = new ArrayList<>();
    for (int batch = 1; batch <= 7500; batch++) {
      long before = worker.sent();
      block.step(1);
      worker.block(1).afterStep(1);
      if (worker.sent() > before) {
        pushedAt.add(batch);
      }
    }
    assertThat(pushedAt).hasSizeBetween(900, 1100);
    assertThat(IntStream.range(1, pushedAt.size()).map(i -> pushedAt.get(i) - pushedAt.get(i - 1)))
        .allSatisfy(apart -> assertThat(apart).isBetween(4, 12));
  }

  private static int period(BlockLedger ledger, int worker, long sequence, long stepNanos) {
    return ledger.push(timed(worker, sequence, new Push.Timing(stepNanos, 8, 0), 1f)).period();
  }

  private static BlockLedger opened(AveragingOptions options, int workers) {
    BlockLedger ledger = ledger(options, 0f);
    for (int worker = 0; worker < workers; worker++) {
      ledger.open(lease(worker));
    }
    return ledger;
  }

  /** Workers whose steps take different times, by discrete events on one clock. */
  private static final class Simulation {
    private final List<BlockLedger> ledgers;
    private final List<Worker> workers = new ArrayList<>();
    private long now;

    Simulation(AveragingOptions options, int blocks, long... stepTimes)
        throws InterruptedException {
      ledgers = ledgers(options, blocks(blocks));
      InProcessExchange exchange = new InProcessExchange(ledgers);
      for (int worker = 0; worker < stepTimes.length; worker++) {
        for (BlockLedger ledger : ledgers) {
          ledger.announce(worker);
        }
      }
      for (long stepTime : stepTimes) {
        List<CountingBlock> own = blocks(blocks);
        WorkerReplica replica =
            new WorkerReplica(own, exchange, options, PATIENCE, () -> 1000 * now);
        replica.start(lease(workers.size()));
        workers.add(new Worker(own, replica, stepTime));
      }
    }

    private static List<CountingBlock> blocks(int count) {
      return Stream.generate(() -> new CountingBlock(1)).limit(count).toList();
    }

    void run(long time) throws InterruptedException {
      Comparator<Worker> byTime = Comparator.comparingLong(worker -> worker.next);
      for (Worker first = workers.get(0); first.next <= time; ) {
        now = first.next;
        first.step();
        first = workers.stream().min(byTime).orElseThrow();
      }
    }
  }

  private static final class Worker {
    private final List<CountingBlock> blocks;
    private final WorkerReplica replica;
    private final long stepTime;
    private final TreeMap<Long, Long> pushesByBatch = new TreeMap<>();
    private long next;

    Worker(List<CountingBlock> blocks, WorkerReplica replica, long stepTime) {
      this.blocks = blocks;
      this.replica = replica;
      this.stepTime = stepTime;
      this.next = stepTime;
    }

    void step() throws InterruptedException {
      long before = replica.sent();
      for (int number = 1; number <= blocks.size(); number++) {
        blocks.get(number - 1).step(1);
        replica.block(number).afterStep(1);
      }
      if (replica.sent() > before) {
        pushesByBatch.put(replica.block(1).batches(), replica.sent() - before);
      }
      next += stepTime;
    }
  }

  /** Tells a worker another period with each answer. */
  private record Dictated(ParameterExchange exchange, IntUnaryOperator periodOfPush)
      implements ParameterExchange {
    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      int period = periodOfPush.applyAsInt((int) push.sequence());
      return exchange
          .push(push)
          .thenApply(
              reply ->
                  new Reply(
                      reply.block(),
                      reply.decided(),
                      reply.verdict(),
                      reply.yours(),
                      reply.standing().withPeriod(period),
                      reply.state()));
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
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
