package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.filled;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.norm;
import static io.blockwise.model.averaging.Averaging.push;
import static io.blockwise.model.averaging.Averaging.quorum;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.testing.RandomSeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RacingWorkersTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final int WORKERS = 8;
  private static final int PUSHES = 500;
  private static final int VALUES = 257;

  @Test
  void everyPushIsCountedOnceWhenWorkersRace() throws Exception {
    // rounds of one push: every difference is added as it is, so that the sum is exact
    BlockLedger ledger = ledger(quorum(1, 1, Duration.ofSeconds(1)), 1, new CountingBlock(VALUES));
    List<List<Long>> versions = race(worker -> () -> pushSome(ledger, worker));
    assertVersionsGrowByOne(versions, ledger);
    float sum = WORKERS * (PUSHES * (PUSHES + 1) / 2);
    assertThat(ledger.state().value()).isEqualTo(FloatVector.copyOf(filled(VALUES, sum)));
    assertThat(ledger.counts().duplicate()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("io.blockwise.model.averaging.Averaging#everyRule")
  void everyPushIsCountedOnceWhateverTheRule(AveragingOptions options) throws Exception {
    BlockLedger ledger = ledger(options, 1, new CountingBlock(VALUES));
    List<List<Long>> versions = race(worker -> () -> pushSome(ledger, worker));
    PushCounts counts = ledger.counts();
    assertThat(counts.accepted() + counts.dropped()).isEqualTo((long) WORKERS * PUSHES);
    assertThat(counts.received())
        .isEqualTo(counts.accepted() + counts.dropped() + counts.duplicate());
    assertThat(versions.stream().flatMap(List::stream).mapToLong(version -> version).max())
        .hasValue(ledger.state().version());
    if (options.rule() != AveragingOptions.Rule.QUORUM && counts.dropped() == 0) {
      assertVersionsGrowByOne(versions, ledger);
    }
  }

  @Test
  void everyPushIsCountedOnceWhenWorkersRaceForAGain() throws Exception {
    BlockLedger ledger = ledger(norm(1), 1, new CountingBlock(VALUES));
    List<List<Long>> versions = race(worker -> () -> pushSome(ledger, worker));
    assertVersionsGrowByOne(versions, ledger);
    assertThat(ledger.gain()).as("all go the same way").isEqualTo(1);
  }

  private static void assertVersionsGrowByOne(List<List<Long>> versions, BlockLedger ledger) {
    long accepted = (long) WORKERS * PUSHES;
    assertThat(versions.stream().flatMap(List::stream).sorted())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, accepted).boxed().toList());
    PushCounts counts = ledger.counts();
    assertThat(counts.accepted()).isEqualTo(accepted);
    assertThat(counts.received()).isEqualTo(accepted + counts.duplicate());
    assertThat(ledger.state().version()).isEqualTo(accepted);
  }

  /** Pushes 1, 2, ... and repeats some of them; the versions that they led to. */
  private static List<Long> pushSome(BlockLedger ledger, int worker) throws InterruptedException {
    Random random = SEED.random(worker);
    List<Long> versions = new ArrayList<>();
    ledger.open(lease(worker));
    long base = 0;
    for (int sequence = 1; sequence <= PUSHES; sequence++) {
      Push push = push(lease(worker), sequence, base, 1, Push.Kind.DELTA, filled(VALUES, sequence));
      Reply reply = ledger.push(push);
      if (!reply.decides(sequence)) {
        reply = ledger.await(new Fetch(lease(worker), 1, sequence), PATIENCE);
      }
      assertThat(reply.decides(sequence)).isTrue();
      base = reply.state().version();
      versions.add(base);
      if (random.nextInt(4) == 0) {
        ledger.push(push);
      }
    }
    ledger.close(lease(worker)); // in lock-step those that began later would wait for it
    return versions;
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void replicasThatRaceLoseNothing(Codec codec) throws Exception {
    AveragingOptions options = average(3, codec, 1e9);
    List<CountingBlock> initial = List.of(new CountingBlock(VALUES), new CountingBlock(3));
    List<BlockLedger> ledgers = ledgers(options, initial);
    InProcessExchange exchange = new InProcessExchange(ledgers);
    List<WorkerReplica> replicas = Collections.synchronizedList(new ArrayList<>());
    race(
        worker ->
            () -> {
              List<CountingBlock> blocks = List.of(new CountingBlock(VALUES), new CountingBlock(3));
              WorkerReplica replica = new WorkerReplica(blocks, exchange, options, PATIENCE);
              replicas.add(replica);
              train(replica, blocks, worker);
              return List.of();
            });
    for (BlockLedger ledger : ledgers) {
      Reply end =
          ledger.fetch(new Fetch(new LeaseAttempt(Averaging.RUN, 0, 3, 1), ledger.block(), 0));
      assertThat(end.ownExamples() + end.otherExamples()).isEqualTo(WORKERS * 3 * 100 * 2L);
      assertThat(ledger.state().version()).isEqualTo(ledger.counts().accepted());
      assertThat(ledger.state().value().isFinite()).isTrue();
    }
    PushCounts counts = ledgers.get(0).counts().plus(ledgers.get(1).counts());
    assertThat(counts.received())
        .isEqualTo(replicas.stream().mapToLong(WorkerReplica::sent).sum())
        .isEqualTo(counts.accepted() + counts.refused());
  }

  private static void train(WorkerReplica replica, List<CountingBlock> blocks, int worker)
      throws InterruptedException {
    for (int lease = 1; lease <= 3; lease++) {
      LeaseAttempt attempt = new LeaseAttempt(Averaging.RUN, worker, lease, 1);
      if (lease == 1) {
        replica.start(attempt);
      } else {
        replica.resume(attempt);
      }
      for (int step = 0; step < 100; step++) {
        for (int k = 0; k < blocks.size(); k++) {
          blocks.get(k).step(1);
          replica.block(k + 1).afterStep(2);
        }
      }
      replica.flush();
    }
  }

  private static List<List<Long>> race(IntFunction<Callable<List<Long>>> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    CountDownLatch start = new CountDownLatch(1);
    try {
      List<Future<List<Long>>> results = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        Callable<List<Long>> one = work.apply(worker);
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return one.call();
                }));
      }
      start.countDown();
      List<List<Long>> all = new ArrayList<>();
      for (Future<List<Long>> result : results) {
        all.add(result.get());
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }
}
