package io.blockwise.job.plan;

import io.blockwise.job.device.Engines;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The time of a training step of every block on random examples, one block after the other. Of a
 * block that learns from the next one's loss as well, it is what the block does before and after
 * that loss is known.
 */
final class BlockTimes {
  private static final int LEAST_STEPS = 3;
  private static final Duration TIMED = Duration.ofSeconds(2);

  private BlockTimes() {}

  /** Median seconds of every block, first to last, after a first step. */
  static List<Double> of(WorkerPlan plan) {
    Engine engine = Engines.create(plan.engine(), Device.CPU);
    try (DecoupledNetwork network = new DecoupledNetwork(engine, plan.network(), plan.seed())) {
      int rows = plan.transform().rows(plan.batchSize());
      Batch batch = random(plan.network().input(), rows, plan.network().classes());
      List<Block> blocks = network.blocks();
      List<List<Double>> times =
          Stream.generate(() -> (List<Double>) new ArrayList<Double>())
              .limit(blocks.size())
              .toList();
      long end = System.nanoTime() + TIMED.toNanos();
      for (int step = 0; step <= LEAST_STEPS || System.nanoTime() < end; step++) {
        step(blocks, engine.signal(batch), times);
      }
      return times.stream().map(BlockTimes::median).toList();
    }
  }

  private static void step(List<Block> blocks, Signal first, List<List<Double>> times) {
    List<Step> steps = new ArrayList<>();
    double[] seconds = new double[blocks.size()];
    Signal in = first;
    for (int k = 0; k <= blocks.size(); k++) {
      if (k < blocks.size()) {
        Block block = blocks.get(k);
        Signal read = in;
        seconds[k] += timed(() -> steps.add(block.train(read, 0)));
      }
      if (k > 0) {
        seconds[k - 1] += timed(steps.get(k - 1)::complete);
      }
      in.close();
      in = k < blocks.size() ? steps.get(k).output() : in;
    }
    for (int k = 0; k < blocks.size(); k++) {
      times.get(k).add(seconds[k] + timed(steps.get(k)::result));
    }
  }

  private static double timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(List<Double> times) {
    List<Double> sorted = times.subList(1, times.size()).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static Batch random(Shape shape, int rows, int classes) {
    SplittableRandom random = new SplittableRandom(1);
    Batch batch = new Batch(shape, rows);
    for (int i = 0; i < batch.inputs().length; i++) {
      batch.inputs()[i] = (float) random.nextDouble(-2, 2);
    }
    for (int row = 0; row < rows; row++) {
      batch.labels()[row] = random.nextInt(classes);
    }
    batch.rows(rows);
    return batch;
  }
}
