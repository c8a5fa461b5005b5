package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.HeldWindow;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.feed.WindowedBatches;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.training.dealing.EpochDealing;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * What workers in lock-step must arrive at in one epoch: their networks and batches on one thread,
 * averaged by the definition, without worker, ledger or exchange.
 */
final class Replicas implements AutoCloseable {
  private final List<DecoupledNetwork> networks = new ArrayList<>();
  private final List<BatchSource> batches = new ArrayList<>();
  private final List<Average> averages = new ArrayList<>();
  private final int batchSize;

  Replicas(Settings settings) throws InterruptedException {
    batchSize = settings.training().batchSize();
    Dataset dataset = Datasets.openOrPrepare(settings, new Configuration());
    List<Shard> shards = dataset.manifest().split(Split.TRAIN).shards();
    int classes = dataset.manifest().classes().size();
    RowSchema schema = dataset.manifest().schema();
    NetworkSpec network = settings.network(RowTransform.input(schema), classes);
    WorkerPlan plan = Plans.of(settings, network, schema, shards);
    EpochDealing dealing =
        new EpochDealing(shards, settings.workers().count(), settings.seed(), 1, true);
    for (int worker = 0; worker < settings.workers().count(); worker++) {
      List<Shard> share = dealing.share(worker);
      Pass pass = new Pass(settings.seed(), 1, share.get(0).firstRow());
      batches.add(
          WindowedBatches.shuffled(
              new HeldWindow(SmallRuns.rows(dataset, share)),
              plan.transform(),
              pass,
              plan.batchSize()));
      networks.add(
          new DecoupledNetwork(Engines.create(plan.engine()), plan.network(), plan.seed()));
    }
    for (Block block : networks.get(0).blocks()) {
      averages.add(new Average(block));
    }
  }

  /** Steps of every worker. */
  List<Integer> steps() {
    return batches.stream().map(BatchSource::batches).toList();
  }

  /** Every worker trains on its own batches; blocks are averaged when the period is over. */
  List<Average> trainApart(int period) throws InterruptedException {
    for (int step = 1; step <= mostSteps(); step++) {
      for (int worker = 0; worker < networks.size(); worker++) {
        if (step <= batches.get(worker).batches()) {
          train(worker, step);
        }
      }
      for (int k = 0; k < averages.size(); k++) {
        int first = Math.max(1, period - period * k / averages.size());
        averages.get(k).afterStep(step, step >= first && (step - first) % period == 0);
      }
    }
    return averages;
  }

  /** One worker trains on its own batches, and nothing is averaged: all blocks' parameters. */
  float[] trainOne(int worker) throws InterruptedException {
    for (int step = 1; step <= batches.get(worker).batches(); step++) {
      train(worker, step);
    }
    List<float[]> blocks =
        networks.get(worker).blocks().stream()
            .map(block -> read(block, StateKind.PARAMETERS))
            .toList();
    return ClusterPrograms.joined(blocks);
  }

  /** One network trains on the batches of all workers, put together step by step. */
  List<float[]> trainTogether() throws InterruptedException {
    DecoupledNetwork network = networks.get(0);
    int all = batchSize * networks.size();
    Batch together = new Batch(network.spec().input(), all);
    for (int step = 1; step <= mostSteps(); step++) {
      for (int worker = 0; worker < networks.size(); worker++) {
        Batch batch = batch(worker, step);
        System.arraycopy(
            batch.inputs(),
            0,
            together.inputs(),
            worker * batch.inputs().length,
            batch.inputs().length);
        System.arraycopy(batch.labels(), 0, together.labels(), worker * batchSize, batchSize);
      }
      together.rows(all);
      double progress = (step - 1.0) / mostSteps();
      network.step(together, k -> learningRate(k, progress));
    }
    return network.blocks().stream().map(block -> read(block, StateKind.PARAMETERS)).toList();
  }

  private void train(int worker, int step) throws InterruptedException {
    networks.get(worker).step(batch(worker, step), k -> learningRate(k, 0));
  }

  private Batch batch(int worker, int step) throws InterruptedException {
    Batch batch = batches.get(worker).allocate();
    batches.get(worker).fill(step - 1, batch);
    return batch;
  }

  private double learningRate(int index, double progress) {
    OptimiserSpec optimiser = networks.get(0).spec().blocks().get(index).optimiser();
    return optimiser.learningRate() * optimiser.schedule().factor(progress);
  }

  private int mostSteps() {
    return batches.stream().mapToInt(BatchSource::batches).max().orElseThrow();
  }

  private static float[] read(Block block, StateKind kind) {
    float[] values = new float[block.length(kind)];
    block.read(kind, values);
    return values;
  }

  @Override
  public void close() {
    networks.forEach(DecoupledNetwork::close);
  }

  /**
   * The averages of one block. Training goes on from the mean as a ledger rounds it: from another
   * rounding, one maximum of a pool that falls to its neighbour would lead the replicas apart.
   */
  final class Average {
    private final int index;
    private final boolean[] left = new boolean[networks.size()];
    private final long[] examples = new long[networks.size()];
    private final SortedMap<Integer, Long> round = new TreeMap<>();
    private float[] adopted;
    double[] parameters;
    double[] statistics;

    Average(Block block) {
      index = averages.size();
      adopted = read(block, StateKind.PARAMETERS);
      parameters = new double[block.length(StateKind.PARAMETERS)];
      statistics = new double[block.length(StateKind.STATISTICS)];
    }

    /** Whoever is due, or through with its batches, joins the round. */
    void afterStep(int step, boolean due) {
      for (int worker = 0; worker < left.length; worker++) {
        examples[worker] += step <= batches.get(worker).batches() ? batchSize : 0;
        if (due && step <= batches.get(worker).batches()) {
          join(worker);
        }
      }
      foldIfComplete(step);
      for (int worker = 0; worker < left.length; worker++) {
        if (step == batches.get(worker).batches()) {
          if (examples[worker] > 0) {
            join(worker);
          } else {
            left[worker] = true;
          }
        }
      }
      foldIfComplete(step);
    }

    private void join(int worker) {
      round.put(worker, examples[worker]);
      examples[worker] = 0;
    }

    private void foldIfComplete(int step) {
      boolean complete =
          IntStream.range(0, left.length).allMatch(i -> left[i] || round.containsKey(i));
      if (complete && !round.isEmpty()) {
        parameters = mean(StateKind.PARAMETERS);
        statistics = mean(StateKind.STATISTICS);
        float[] newest = rounded();
        for (int worker : round.keySet()) {
          adopt(worker, newest);
          left[worker] = examples[worker] == 0 && step >= batches.get(worker).batches();
        }
        adopted = newest;
        round.clear();
      }
    }

    private double[] mean(StateKind kind) {
      double all = round.values().stream().mapToLong(Long::longValue).sum();
      double[] mean = new double[block(0).length(kind)];
      round.forEach(
          (worker, count) -> {
            float[] values = read(block(worker), kind);
            Arrays.setAll(mean, i -> mean[i] + count / all * values[i]);
          });
      return mean;
    }

    /** The value that was adopted last, and the mean of what was learned since. */
    private float[] rounded() {
      double all = round.values().stream().mapToLong(Long::longValue).sum();
      double[] learned = new double[adopted.length];
      round.forEach(
          (worker, count) -> {
            float[] x = read(block(worker), StateKind.PARAMETERS);
            Arrays.setAll(learned, i -> learned[i] + count / all * (x[i] - adopted[i]));
          });
      float[] newest = new float[adopted.length];
      for (int i = 0; i < newest.length; i++) {
        newest[i] = (float) (adopted[i] + learned[i]);
      }
      return newest;
    }

    /** What rounding has left between a replica and what it has sent stays in the replica. */
    private void adopt(int worker, float[] newest) {
      float[] x = read(block(worker), StateKind.PARAMETERS);
      for (int i = 0; i < x.length; i++) {
        float sent = adopted[i] + (x[i] - adopted[i]);
        x[i] = newest[i] + (x[i] - sent);
      }
      block(worker).adopt(StateKind.PARAMETERS, x);
    }

    private Block block(int worker) {
      return networks.get(worker).blocks().get(index);
    }
  }
}
