package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.lease;
import static io.blockwise.model.averaging.Averaging.ledger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.testing.RandomSeed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Simulates workers of different speeds by discrete events, with the real ledger and replicas.
 *
 * <p>All workers go the same way: a local step adds 1 to the value, so a worker that is alone and
 * makes one step per unit of time moves the ledger by 1 per unit. <em>Progress</em> is how far the
 * ledger moves per unit of time, relative to that. Averaging cannot exceed 1: it makes the steps
 * better, not longer. For speeds 1 and 1/3, averaging in lock-step windows of equal time, weighted
 * by examples, gives (1 * 1 + 1/3 * 1/3) / (1 + 1/3) = 0.83; the rule's slow worker has a share of
 * 1/4 and a staleness of 3 versions = 1.5 rounds: 3/4 + 1/3 * 1/4 * 1.5^-0.5 = 0.82.
 */
class ProgressSimulationTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final double TIME = 8000;
  private static final int PERIOD = 8;

  @Test
  void equalWorkersMakeTheProgressOfOne() throws InterruptedException {
    assertThat(progress(1)).isCloseTo(1.00, within(0.001));
    assertThat(progress(1, 1)).isCloseTo(1.00, within(0.05));
    assertThat(progress(1, 1, 1, 1, 1, 1, 1, 1)).isCloseTo(1.00, within(0.05));
  }

  @Test
  void aSlowWorkerCostsAboutAsMuchAsInSynchronousAveraging() throws InterruptedException {
    assertThat(progress(1, 1.0 / 3)).isCloseTo(0.82, within(0.82 * 0.05));
  }

  @Test
  void aWorkerThatStallsCostsTheOthersAtMostOneTwentieth() throws InterruptedException {
    for (double stalenessMax : new double[] {16, 1e9}) {
      Simulation three = new Simulation(average(PERIOD, Codec.FP32, stalenessMax), 1, 1, 1);
      assertThat(three.stalling(1000, 7000).run()).isGreaterThan(0.95);
      Simulation eight =
          new Simulation(average(PERIOD, Codec.FP32, stalenessMax), 1, 1, 1, 1, 1, 1, 1, 1);
      assertThat(eight.stalling(1000, 7000).run()).isGreaterThan(0.95);
    }
  }

  private static double progress(double... speeds) throws InterruptedException {
    return new Simulation(average(PERIOD), speeds).run();
  }

  private static final class Simulation {
    private final BlockLedger ledger;
    private final List<Worker> workers = new ArrayList<>();

    Simulation(AveragingOptions options, double... speeds) throws InterruptedException {
      ledger = ledger(options, 0f);
      InProcessExchange exchange = new InProcessExchange(List.of(ledger));
      Random random = SEED.random();
      for (double speed : speeds) {
        workers.add(new Worker(exchange, options, workers.size(), speed, random.nextDouble()));
      }
    }

    /** The last worker does nothing for a while, and goes on then. */
    Simulation stalling(double from, double to) {
      Worker last = workers.get(workers.size() - 1);
      last.stallFrom = from;
      last.stallTo = to;
      return this;
    }

    double run() throws InterruptedException {
      Comparator<Worker> byTime = Comparator.comparingDouble(worker -> worker.next);
      while (true) {
        Worker first = workers.stream().min(byTime).orElseThrow();
        if (first.next > TIME) {
          return ledger.state().value().at(0) / TIME;
        }
        first.step();
      }
    }
  }

  private static final class Worker {
    private final CountingBlock block = new CountingBlock(1);
    private final WorkerReplica replica;
    private final double speed;
    private double next;
    private double stallFrom = Double.MAX_VALUE;
    private double stallTo = Double.MAX_VALUE;

    Worker(ParameterExchange exchange, AveragingOptions options, int id, double speed, double start)
        throws InterruptedException {
      this.replica = new WorkerReplica(List.of(block), exchange, options, PATIENCE);
      this.speed = speed;
      this.next = start + 1 / speed;
      replica.start(lease(id));
    }

    void step() throws InterruptedException {
      block.step(1);
      replica.block(1).afterStep(1);
      next += 1 / speed;
      if (next >= stallFrom && next < stallTo) {
        next = stallTo;
      }
    }
  }
}
