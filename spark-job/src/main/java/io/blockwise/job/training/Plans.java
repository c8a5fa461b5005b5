package io.blockwise.job.training;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.FieldKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.training.dealing.EpochDealing;
import io.blockwise.job.training.growth.GrowthPlan;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Works out what the workers are told, and refuses what cannot run. */
public final class Plans {
  private Plans() {}

  /** The plan of a run that is all there from the first epoch on. */
  public static WorkerPlan of(
      Settings settings, NetworkSpec network, RowSchema schema, List<Shard> shards) {
    return of(settings, network, schema, shards, GrowthPlan.of(settings, network, 0));
  }

  /**
   * The plan of a run.
   *
   * @param growth which blocks train when
   * @throws UserException if there are more workers than shards, or a worker would get less than a
   *     batch, or the network cannot be averaged as is asked for
   */
  public static WorkerPlan of(
      Settings settings,
      NetworkSpec network,
      RowSchema schema,
      List<Shard> shards,
      GrowthPlan growth) {
    requireEnough(settings, shards);
    requirePatience(settings, growth);
    requireAverages(settings.averaging().options(), network);
    TrainingSettings training = settings.training();
    training.execution().requireTrains(network);
    List<Long> examples = examplesOfEpochs(settings, shards);
    return new WorkerPlan(
        settings.engineChoice(),
        network,
        settings.seed(),
        settings.averaging().options(),
        settings.averaging().patience(),
        RowTransform.of(schema, network, training.augmentation()).bucketed(training.bucket()),
        training.batchSize(),
        settings.evaluation().batchSizeOr(training.batchSize()),
        training.prefetchThreads(),
        examples.stream().mapToLong(Long::longValue).sum(),
        growth.spans(examples),
        settings.stepScale(),
        training.maxNonFinite(),
        training.execution(),
        training.frozenMemory().bytes());
  }

  /**
   * Refuses to wait for a block that is not there or does not train.
   *
   * @throws UserException that says which would do
   */
  public static void requirePatience(Settings settings, GrowthPlan growth) {
    int frozen = growth.of(settings.epochs()).frozen();
    settings.training().patience().requireTrains(growth.blocks(), frozen);
  }

  /**
   * Refuses an embedding that the data set's vectors do not fit into.
   *
   * @throws UserException that says so
   */
  public static void requireFits(NetworkSpec network, RowSchema schema) {
    for (BlockSpec block : network.blocks()) {
      block
          .embedding()
          .ifPresent(embedding -> requireFits(embedding, schema, block.embeddedField()));
    }
  }

  private static void requireFits(
      TextLayers.Embedding embedding, RowSchema schema, Optional<String> side) {
    FieldKind kind = side.map(schema.fields()::get).orElse(schema.main().kind());
    if (!(kind instanceof TokensKind texts)) {
      return;
    }
    int dimension = texts.vectors().dimension();
    if (dimension > 0 && embedding.width() != dimension) {
      throw UserException.cannot(
          "begin with the data set's vectors of " + dimension + " values",
          "the network's embedding has a width of " + embedding.width(),
          "set embedding.width of the backbone to "
              + dimension
              + ", or prepare the data set without data.text.glove");
    }
  }

  /**
   * Refuses averaging that does not go with a network.
   *
   * @throws UserException that says what to set
   */
  public static void requireAverages(AveragingOptions averaging, NetworkSpec network) {
    try {
      DecoupledNetwork.layouts(network)
          .forEach(layout -> averaging.requireFitFor(layout.parameters()));
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /**
   * Refuses what the data set is too small for.
   *
   * @throws UserException if there are more workers than shards, or a worker would get less than a
   *     batch
   */
  public static void requireEnough(Settings settings, List<Shard> shards) {
    if (settings.workers().count() > shards.size()) {
      throw UserException.cannot(
          "train with " + settings.workers().count() + " workers",
          "the data set has " + shards.size() + " training shards",
          "lower workers, or prepare it with more data.shards.train");
    }
    int fewest = shards.stream().mapToInt(Shard::rows).min().orElse(0);
    int perLease =
        settings.lease().seconds() > 0 && !settings.isDeterministic()
            ? 1
            : shards.size() / settings.workers().count();
    int batch = settings.training().batchSize();
    if (batch > fewest * perLease) {
      throw UserException.cannot(
          "train with training.batch-size = " + batch,
          "a worker gets " + fewest * perLease + " rows at a time",
          "lower training.batch-size, or use fewer workers");
    }
  }

  /** Rows in full batches of every epoch: exact where a lease is a worker's whole share. */
  private static List<Long> examplesOfEpochs(Settings settings, List<Shard> shards) {
    int batch = settings.training().batchSize();
    List<Long> examples = new ArrayList<>();
    for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
      examples.add(
          shares(settings, shards, settings.workers().count(), epoch).stream()
              .mapToInt(share -> share.stream().mapToInt(Shard::rows).sum())
              .mapToLong(rows -> rows / batch * batch)
              .sum());
    }
    return examples;
  }

  /**
   * Every worker's share of an epoch, as long as none takes what another has not begun.
   *
   * @param workers that share the epoch
   * @param epoch from 1
   */
  public static List<List<Shard>> shares(
      Settings settings, List<Shard> shards, int workers, int epoch) {
    EpochDealing dealing = new EpochDealing(shards, workers, settings.seed(), epoch, true);
    return IntStream.range(0, workers).mapToObj(dealing::share).toList();
  }
}
