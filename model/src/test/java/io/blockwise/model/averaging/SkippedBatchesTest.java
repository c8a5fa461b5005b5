package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.replica.WorkerReplica;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lock-step in which a worker cannot take some batches, beside the same averaged by hand.
 *
 * <p>A local step adds a number of its worker, block and batch to the value, so that every mean
 * differs from every other one.
 */
class SkippedBatchesTest {
  private static final int WORKERS = 3;
  private static final int BLOCKS = 3;
  private static final int BATCHES = 24;
  private static final int UNLUCKY = 1;

  /** What one worker meets at one block. */
  private enum Trouble {
    /**
     * Its loss is not finite: the block starts anew from the ledger, later blocks skip the batch.
     */
    STEP,
    /** It has become not finite without anybody noticing: its push is refused. */
    PUSH
  }

  private record Event(Trouble trouble, int block, List<Integer> batches) {
    boolean strikes(Trouble what, int worker, int atBlock, int batch) {
      return trouble == what && worker == UNLUCKY && atBlock == block && batches.contains(batch);
    }

    /** The last block that takes the batch. */
    int lastTaken(int worker, int batch) {
      return strikes(Trouble.STEP, worker, block, batch) ? block - 1 : BLOCKS;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 3", "1, 0, 5", "4, 1, 2", "4, 3, 3", "4, 4, 12", "7, 2, 23"})
  void lockStepGoesOnWhenABlockOfOneWorkerIsNotFinite(int period, int first, int last)
      throws Exception {
    List<Integer> batches = IntStream.rangeClosed(first, last).boxed().toList();
    for (int block = 1; block <= BLOCKS; block++) {
      assertSameAsByHand(period, new Event(Trouble.STEP, block, batches));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "1, 23", "4, 3", "4, 7", "7, 20"})
  void lockStepGoesOnWhenAPushIsRefused(int period, int batch) throws Exception {
    for (int block = 1; block <= BLOCKS; block++) {
      assertSameAsByHand(period, new Event(Trouble.PUSH, block, List.of(batch)));
    }
  }

  @Test
  void aRoundInWhichNobodyHasLearnedAnythingMakesNoVersion() throws Exception {
    AveragingOptions options = lockStep(2);
    List<CountingBlock> blocks = List.of(new CountingBlock(1));
    List<BlockLedger> ledgers = ledgers(options, blocks);
    WorkerReplica replica =
        new WorkerReplica(blocks, new InProcessExchange(ledgers), options, PATIENCE);
    replica.start(lease(0));
    replica.block(1).afterSkippedBatch();
    replica.block(1).afterSkippedBatch();
    assertThat(ledgers.get(0).state().version()).isZero();
    blocks.get(0).step(1);
    replica.block(1).afterStep(8);
    replica.block(1).afterSkippedBatch();
    assertThat(ledgers.get(0).state().version()).isEqualTo(1);
    replica.flush();
    assertThat(replica.sent()).as("turns without values are no pushes").isEqualTo(1);
    assertThat(ledgers.get(0).counts().received()).isEqualTo(1);
  }

  private static void assertSameAsByHand(int period, Event event) throws Exception {
    List<BlockLedger> ledgers = ledgers(lockStep(period), blocks());
    List<List<CountingBlock>> replicas = train(period, event, ledgers);
    for (int block = 1; block <= BLOCKS; block++) {
      String what = event + " with period " + period + ", block " + block;
      double expected = byHand(period, event, block);
      assertThat((double) ledgers.get(block - 1).state().value().at(0))
          .as(what)
          .isCloseTo(expected, within(1e-5 * Math.abs(expected)));
      PushCounts counts = ledgers.get(block - 1).counts();
      assertThat(counts.received())
          .as(what)
          .isEqualTo(counts.accepted() + counts.refused())
          .isPositive();
      assertThat(counts.nonFinite())
          .as(what)
          .isEqualTo(event.trouble() == Trouble.PUSH && block == event.block() ? 1 : 0);
    }
    assertThat(replicas).allSatisfy(blocks -> assertThat(blocks.get(0).parameters[0]).isFinite());
  }

  private static List<List<CountingBlock>> train(int period, Event event, List<BlockLedger> ledgers)
      throws Exception {
    List<List<CountingBlock>> replicas = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    try {
      for (int worker = 0; worker < WORKERS; worker++) {
        int id = worker;
        ledgers.forEach(ledger -> ledger.announce(id));
      }
      List<Future<Void>> all = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int id = worker;
        List<CountingBlock> blocks = blocks();
        replicas.add(blocks);
        WorkerReplica replica =
            new WorkerReplica(blocks, new InProcessExchange(ledgers), lockStep(period), PATIENCE);
        all.add(
            threads.submit(
                () -> {
                  train(id, replica, blocks, event);
                  return null;
                }));
      }
      for (Future<Void> one : all) {
        one.get();
      }
      return replicas;
    } finally {
      threads.shutdownNow();
    }
  }

  private static void train(
      int worker, WorkerReplica replica, List<CountingBlock> blocks, Event event)
      throws InterruptedException {
    replica.start(lease(worker));
    for (int batch = 0; batch < BATCHES; batch++) {
      int lastTaken = event.lastTaken(worker, batch);
      for (int block = 1; block <= BLOCKS; block++) {
        if (block <= lastTaken) {
          blocks.get(block - 1).step(step(worker, block, batch));
          if (event.strikes(Trouble.PUSH, worker, block, batch)) {
            blocks.get(block - 1).fill(Float.NaN);
          }
          replica.block(block).afterStep(examples(worker));
        } else {
          if (block == lastTaken + 1) {
            replica.block(block).resetFromLedger();
          }
          replica.block(block).afterSkippedBatch();
        }
      }
    }
    replica.flush();
  }

  /** The value of one block after synchronous averaging, in double precision. */
  private static double byHand(int period, Event event, int block) {
    int phase = period * (block - 1) / BLOCKS;
    double g = 0;
    double[] x = new double[WORKERS];
    double[] learned = new double[WORKERS];
    for (int batch = 0; batch < BATCHES; batch++) {
      for (int worker = 0; worker < WORKERS; worker++) {
        int lastTaken = event.lastTaken(worker, batch);
        if (block <= lastTaken) {
          x[worker] += step(worker, block, batch);
          learned[worker] += examples(worker);
        } else if (block == lastTaken + 1) {
          x[worker] = g;
          learned[worker] = 0;
        }
        if (event.strikes(Trouble.PUSH, worker, block, batch)) {
          x[worker] = Double.NaN;
        }
      }
      if ((batch + 1 + phase) % period == 0 || batch == BATCHES - 1) {
        double all = 0;
        double sum = 0;
        for (int worker = 0; worker < WORKERS; worker++) {
          if (learned[worker] > 0 && !Double.isNaN(x[worker])) {
            all += learned[worker];
            sum += learned[worker] * x[worker];
          }
        }
        g = all == 0 ? g : sum / all;
        Arrays.fill(x, g);
        Arrays.fill(learned, 0);
      }
    }
    return g;
  }

  private static float step(int worker, int block, int batch) {
    return 1 + 0.37f * worker + 0.11f * block + 0.013f * batch;
  }

  private static int examples(int worker) {
    return 3 + 4 * worker;
  }

  private static List<CountingBlock> blocks() {
    return IntStream.range(0, BLOCKS).mapToObj(i -> new CountingBlock(1)).toList();
  }
}
