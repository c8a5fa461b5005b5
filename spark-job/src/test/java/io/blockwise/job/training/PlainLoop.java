package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.HeldWindow;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.feed.WindowedBatches;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.training.dealing.EpochDealing;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** What a run of one worker must equal: one network, one loop, no worker, ledger or exchange. */
final class PlainLoop {
  private final Settings settings;
  private final Dataset dataset;
  private final List<Shard> shards;
  private final WorkerPlan plan;
  private final long examplesOfRun;
  private long seen;

  /** State and figures of all blocks after an epoch. */
  record Epoch(List<BlockState> states, List<Double> losses) {}

  private PlainLoop(Settings settings) {
    this.settings = settings;
    dataset = Datasets.openOrPrepare(settings, new Configuration());
    shards = dataset.manifest().split(Split.TRAIN).shards();
    RowSchema schema = dataset.manifest().schema();
    NetworkSpec network =
        settings.network(RowTransform.input(schema), dataset.manifest().classes().size());
    plan = Plans.of(settings, network, schema, shards);
    int batch = settings.training().batchSize();
    int rows = shards.stream().mapToInt(Shard::rows).sum();
    examplesOfRun = (long) settings.training().epochs() * (rows / batch * batch);
  }

  /** Trains all epochs. */
  static List<Epoch> run(Settings settings) throws InterruptedException {
    return new PlainLoop(settings).epochs();
  }

  private List<Epoch> epochs() throws InterruptedException {
    List<Epoch> epochs = new ArrayList<>();
    try (DecoupledNetwork network =
        new DecoupledNetwork(Engines.create(plan.engine()), plan.network(), plan.seed())) {
      for (int epoch = 1; epoch <= settings.training().epochs(); epoch++) {
        epochs.add(epoch(network, epoch));
      }
    }
    return epochs;
  }

  private Epoch epoch(DecoupledNetwork network, int epoch) throws InterruptedException {
    List<Shard> order = new EpochDealing(shards, 1, plan.seed(), epoch, true).share(0);
    Pass pass = new Pass(plan.seed(), epoch, order.get(0).firstRow());
    HeldWindow rows = new HeldWindow(SmallRuns.rows(dataset, order));
    BatchSource batches = WindowedBatches.shuffled(rows, plan.transform(), pass, plan.batchSize());
    NetworkFigures figures = NetworkFigures.none(network.blocks().size());
    try (Feed feed = new Feed(batches, 1, batch -> {})) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        double progress = (double) seen / examplesOfRun;
        List<StepResult> step = network.step(batch, k -> learningRate(k, progress));
        seen += batch.examples();
        figures =
            figures.plus(
                new NetworkFigures(batch.examples(), step.stream().map(BlockFigures::of).toList()));
        feed.release(batch);
      }
    }
    return new Epoch(network.blocks().stream().map(BlockState::initial).toList(), figures.losses());
  }

  private double learningRate(int index, double progress) {
    OptimiserSpec optimiser = plan.network().blocks().get(index).optimiser();
    return optimiser.learningRate() * optimiser.schedule().factor(progress);
  }
}
