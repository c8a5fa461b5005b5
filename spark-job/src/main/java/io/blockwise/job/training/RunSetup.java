package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.device.Threads;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.training.growth.Ancestor;
import io.blockwise.job.training.growth.GrowthPlan;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What a run is made of, found to fit together before anything is trained or written. Immutable.
 *
 * @param settings with the cut into blocks that they lead to
 * @param local whether this process is the only one that trains
 * @param engine that computes, and why
 * @param ancestor model that the run starts from or grows
 * @param input the data set, and Spark where there is a cluster
 * @param rows of it
 * @param positives how many rows of a batch have another of their class, for losses that need one
 * @param measured parts of the splits that are evaluated
 * @param growth when which block joins
 * @param plan what every worker builds
 */
record RunSetup(
    Settings settings,
    boolean local,
    EngineSelection engine,
    Optional<Ancestor> ancestor,
    TrainingInput input,
    DatasetRows rows,
    Positives positives,
    Measured measured,
    GrowthPlan growth,
    WorkerPlan plan) {

  /**
   * Opens or prepares the data set, and checks that everything fits it.
   *
   * @throws io.blockwise.base.UserException if something does not
   */
  static RunSetup of(Settings settings) throws IOException, InterruptedException {
    Configuration hadoop = HadoopSettings.current();
    boolean local = Masters.isLocal(Masters.current());
    requireMachine(settings, local);
    settings.expectedNetwork().ifPresent(settings.training().execution()::requireTrains);
    EngineSelection engine =
        local
            ? EngineSelection.tried(settings.engineChoice(), settings.expectedNetwork())
            : EngineSelection.expected(settings.engineChoice(), settings.expectedNetwork());
    Optional<Ancestor> ancestor = Ancestor.of(settings, hadoop);
    TrainingInput input = TrainingInput.open(settings, hadoop);
    Dataset dataset = input.dataset();
    RowSchema schema = dataset.manifest().schema();
    int classes = dataset.manifest().classes().size();
    NetworkSpec network =
        RowWeights.in(
            settings.network(RowTransform.shapes(schema), classes),
            settings.training().classWeights(),
            dataset.manifest());
    Settings cut = settings.withCut(RowTransform.input(schema), classes);
    Plans.requireFits(network, schema);
    Positives positives = Positives.of(settings.training(), network);
    positives.require();
    Engines.requireTrains(engine.choice(), network);
    Measured measured = Measured.of(cut, dataset, network);
    ancestor.ifPresent(model -> model.requireFits(network, dataset));
    GrowthPlan growth = GrowthPlan.of(settings, network, grown(ancestor).size());
    WorkerPlan plan =
        Plans.of(settings, network, schema, trainingShards(dataset), growth).with(engine.choice());
    DatasetRows rows =
        new DatasetRows(dataset, settings.data().memory().bytes(), settings.workers().count());
    return new RunSetup(
        cut, local, engine, ancestor, input, rows, positives, measured, growth, plan);
  }

  private static void requireMachine(Settings settings, boolean local) {
    if (local) {
      MasterChecks.requireNoGpu(settings);
      Threads.require(LaunchEnvironment.libraryThreads(settings), System.getenv());
    } else {
      MasterChecks.requireNoTrace(settings);
    }
  }

  private static List<StoredBlock> grown(Optional<Ancestor> ancestor) {
    return ancestor.map(Ancestor::blocks).orElse(List.of());
  }

  private static List<Shard> trainingShards(Dataset dataset) {
    return dataset.manifest().split(Split.TRAIN).shards();
  }

  /** What is trained on, measured and read for test. */
  Dataset dataset() {
    return input.dataset();
  }

  /** Blocks that are there before training; those behind them are drawn. */
  List<StoredBlock> grown() {
    return grown(ancestor);
  }

  /** What an epoch deals. */
  List<Shard> trainingShards() {
    return trainingShards(dataset());
  }
}
