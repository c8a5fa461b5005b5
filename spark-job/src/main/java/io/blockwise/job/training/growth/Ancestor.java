package io.blockwise.job.training.growth;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The published model whose blocks are the first ones of a network. Immutable.
 *
 * <p>Always true: its files are as its manifest says, and its weights are numbers.
 *
 * @param warmStart whether its blocks are all of the network's, to be trained on
 */
public record Ancestor(ModelVersion version, boolean warmStart) {
  /** Of how many standard deviations chance is capable. */
  private static final int CHANCE = 3;

  /**
   * The model of {@code growth.from}, or the published one with {@code warm-start.from = latest};
   * none without one.
   *
   * @throws UserException if it is not complete, was altered, or is of a later format
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static Optional<Ancestor> of(Settings settings, Configuration hadoop) throws IOException {
    if (settings.warmStart().isOn()) {
      Path models = new Path(new Path(settings.output(), "models"), settings.model().name());
      ModelStore store = new ModelStore(hadoop, models);
      return store.latest().isEmpty()
          ? Optional.empty()
          : Optional.of(whole("start from", store.readLatest(), true));
    }
    if (!settings.growth().hasAncestor()) {
      return Optional.empty();
    }
    ModelVersion version = ModelPlace.of(hadoop, settings.growth().from()).read(hadoop);
    return Optional.of(whole("grow from", version, false));
  }

  private static Ancestor whole(String use, ModelVersion version, boolean warmStart) {
    PublishedModel.requireNumbers(use, version);
    return new Ancestor(version, warmStart);
  }

  /** One that further blocks are built on. */
  public Ancestor(ModelVersion version) {
    this(version, false);
  }

  /** Its blocks, first to last. */
  public List<StoredBlock> blocks() {
    return version.blocks();
  }

  /**
   * Refuses a network that does not begin with its blocks, data that it was not made for, and a
   * model whose last block has learned nothing.
   *
   * @throws UserException that names the first difference, or the figures
   */
  public void requireFits(NetworkSpec network, Dataset dataset) {
    requireSameData(dataset);
    requireFirst(network);
    if (!warmStart) {
      requireLearned(dataset.manifest().split(Split.VALIDATION));
    }
  }

  private void requireSameData(Dataset dataset) {
    String task = task() + " on " + dataset.directory();
    PublishedModel.requireSameKind(task, version, dataset);
    Map<String, InputField> ours = RowTransform.modelFields(dataset.manifest().schema());
    ModelDescription model = version.description();
    // further fields, which the model does not read, are what it may grow by
    boolean main = RowTransform.main(model).equals(ours.get(model.mainField()));
    if (!main || !ours.entrySet().containsAll(model.fields().entrySet())) {
      throw UserException.cannot(
          task,
          "the model reads its rows as "
              + version.description().fields()
              + ", the data set's are "
              + ours,
          warmStart
              ? "set warm-start.from = none, or use the data set of its training"
              : "use the data set of its training");
    }
  }

  private void requireFirst(NetworkSpec network) {
    List<BlockSpec> ours = version.description().network().blocks();
    List<BlockSpec> grown = network.blocks();
    if (warmStart && grown.size() != ours.size()) {
      throw UserException.cannot(
          task(),
          "it has " + ours.size() + " blocks, and the configuration " + grown.size(),
          "set warm-start.from = none, or give the configuration of its training");
    }
    if (!warmStart && grown.size() <= ours.size()) {
      throw UserException.cannot(
          task(),
          "it has " + ours.size() + " blocks, and the configuration " + grown.size(),
          "give a configuration of the whole network, with further blocks");
    }
    for (int k = 0; k < ours.size(); k++) {
      requireSame(k + 1, ours.get(k), grown.get(k));
    }
  }

  private void requireSame(int block, BlockSpec model, BlockSpec grown) {
    for (int i = 0; i < Math.max(model.layers().size(), grown.layers().size()); i++) {
      String what = "layer " + (i + 1);
      requireSame(block, what, layer(model, i), layer(grown, i));
    }
    requireSame(block, "loss", model.loss(), grown.loss());
    // what rows count is how it is trained, not what it is
    requireSame(block, "exit", model.exit().weighing(List.of()), grown.exit().weighing(List.of()));
    requireSame(block, "span", model.span(), grown.span());
    requireSame(block, "context", model.context(), grown.context());
    requireSame(block, "momentum", model.momentum(), grown.momentum());
    requireSame(block, "side inputs", model.sides(), grown.sides());
  }

  private static Object layer(BlockSpec block, int index) {
    List<LayerSpec> layers = block.layers();
    return index < layers.size() ? layers.get(index) : "none";
  }

  private void requireSame(int block, String what, Object model, Object grown) {
    if (!model.equals(grown)) {
      throw UserException.cannot(
          task(),
          what
              + " of block "
              + block
              + " is "
              + model
              + " there, and "
              + grown
              + " in the configuration",
          warmStart
              ? "set warm-start.from = none, or give the configuration of its training"
              : "the first blocks of the configuration have to be the model's");
    }
  }

  /** What is built on a block that answers by chance stays there (methods 2h). */
  private void requireLearned(SplitContent validation) {
    List<Double> accuracies = version.metrics().validation().accuracy();
    int block = accuracies.size();
    double accuracy = accuracies.get(block - 1);
    long most = validation.rowsPerClass().stream().mapToLong(Long::longValue).max().orElse(0);
    double share = (double) most / validation.rows();
    double least = share + CHANCE * Math.sqrt(share * (1 - share) / validation.rows());
    if (accuracy < least) {
      throw UserException.cannot(
          task(),
          String.format(
              Locale.ROOT,
              "its block %d has collapsed: %.2f %% on validation, where always the most frequent"
                  + " class has %.2f %% and chance up to %.2f %%",
              block,
              100 * accuracy,
              100 * share,
              100 * least),
          "train it again, or shrink it to a block that has learned");
    }
  }

  private String task() {
    return (warmStart ? "start from" : "grow from") + " model version " + version.id();
  }

  /** What a grown version says of it. */
  public Map<String, Object> provenance() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", version.description().name());
    values.put("version", version.id());
    values.put("blocks", blocks().stream().map(StoredBlock::sha256).toList());
    return values;
  }
}
