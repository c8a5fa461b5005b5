package io.blockwise.job.baseline;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Epochs of {@code SparkDl4jMultiLayer.fit} with evaluation between them. Used by one thread. */
final class StockRun {
  /** What DL4J's documentation advises. */
  private static final int PREFETCHED_BATCHES = 2;

  private final Settings settings;
  private final Dataset dataset;
  private final JavaSparkContext spark;
  private final Augmentation augmentation;
  private final TrainedRows trained;
  private final SparkDl4jMultiLayer network;
  private INDArray best;

  /**
   * @throws io.blockwise.base.UserException if the settings ask for what DL4J has no equal of
   */
  StockRun(Settings settings, Dataset dataset, JavaSparkContext spark) {
    this.settings = settings;
    this.dataset = dataset;
    this.spark = spark;
    augmentation = settings.training().augmentation();
    trained = new TrainedRows(spark.sc());
    NetworkSpec spec =
        settings.network(
            RowTransform.input(dataset.manifest().schema()), dataset.manifest().classes().size());
    OptimiserSpec optimiser = spec.blocks().get(0).optimiser();
    MultiLayerNetwork local =
        StockNetwork.of(spec, StockUpdater.of(optimiser, iterations()), settings.seed());
    network = new SparkDl4jMultiLayer(spark, local, master());
    network.setDefaultEvaluationWorkers(settings.workers().count());
  }

  /** Trains all epochs and prints each; keeps the parameters that were best on validation. */
  List<StockReport.Epoch> train() {
    List<StockReport.Epoch> history = new ArrayList<>();
    for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
      StockReport.Epoch figures = train(epoch);
      history.add(figures);
      if (StockReport.best(history).equals(figures)) {
        best = network.getNetwork().params().dup();
      }
      System.out.printf(
          Locale.ROOT,
          "epoch %d/%d  %.1f examples/s  %.1f s  validation %.2f %%%n",
          epoch,
          settings.epochs(),
          figures.examples() / figures.seconds(),
          figures.seconds(),
          100 * figures.validation());
    }
    return history;
  }

  /** Accuracy on test of the parameters that were best on validation. */
  double testOfBest() {
    network.getNetwork().setParams(best);
    return accuracy(Split.TEST);
  }

  long parameters() {
    return StockNetwork.parameters(network.getNetwork());
  }

  private StockReport.Epoch train(int epoch) {
    long rows = trained.rows();
    long steps = trained.batches();
    JavaRDD<DataSet> data = batches(Split.TRAIN, settings.training().batchSize(), epoch);
    long start = System.nanoTime();
    network.fit(data);
    double seconds = (System.nanoTime() - start) / 1e9;
    // The training master leaves it in memory.
    data.unpersist();
    return new StockReport.Epoch(
        epoch,
        trained.rows() - rows,
        trained.batches() - steps,
        seconds,
        accuracy(Split.VALIDATION));
  }

  private double accuracy(Split split) {
    int batch = settings.evaluation().batchSizeOr(settings.training().batchSize());
    Evaluation evaluation = network.evaluate(batches(split, batch, 0), null, batch);
    return evaluation.accuracy();
  }

  private JavaRDD<DataSet> batches(Split split, int batchSize, int epoch) {
    int workers = settings.workers().count();
    return spark
        .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
        .flatMap(
            new ShardBatches(
                dataset.directory().toString(),
                split,
                workers,
                batchSize,
                augmentation,
                settings.seed(),
                epoch));
  }

  private ParameterAveragingTrainingMaster master() {
    int batch = settings.training().batchSize();
    return new ParameterAveragingTrainingMaster.Builder(settings.workers().count(), batch)
        .batchSizePerWorker(batch)
        .averagingFrequency(settings.averaging().options().period())
        .workerPrefetchNumBatches(PREFETCHED_BATCHES)
        // Without a detour over files.
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .rngSeed(settings.seed())
        .trainingHooks(trained)
        .build();
  }

  /**
   * Iterations that DL4J counts for one worker: whole rounds, of which the last may be too many.
   */
  private int iterations() {
    int workers = settings.workers().count();
    List<Shard> shards = dataset.manifest().split(Split.TRAIN).shards();
    int batches = 0;
    for (int worker = 0; worker < workers; worker++) {
      List<Shard> share = ShardBatches.share(shards, worker, workers);
      batches += share.stream().mapToInt(Shard::rows).sum() / settings.training().batchSize();
    }
    int period = settings.averaging().options().period();
    int rounds = Math.max(1, batches / (workers * period));
    return settings.epochs() * rounds * period;
  }
}
