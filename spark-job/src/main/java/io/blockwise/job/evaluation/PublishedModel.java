package io.blockwise.job.evaluation;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.text.Vocabulary;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.Datasets;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.SideInput;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A published model beside the data set that it is looked at with. Immutable.
 *
 * <p>Always true: its weights are numbers, and the data set has its images and classes.
 *
 * @param trainedOnIt whether the data set is the one of its training
 */
public record PublishedModel(ModelVersion version, Dataset dataset, boolean trainedOnIt) {
  /**
   * The version {@code run-id} of the settings' model, or the newest.
   *
   * @throws UserException if there is no model, it was altered, or it was made for other data: for
   *     other images or classes, or, unless {@code evaluation.other-data} is set, from another data
   *     set
   * @throws RunFailedException if a weight is no number
   */
  public static PublishedModel open(Settings settings, Configuration hadoop) throws IOException {
    String name = settings.model().name();
    ModelStore store =
        new ModelStore(hadoop, new Path(new Path(settings.output(), "models"), name));
    ModelVersion version =
        settings.runId().isPresent() ? store.read(settings.runId().get()) : store.readLatest();
    requireNumbers("evaluate", version);
    Dataset dataset = Datasets.openOrPrepare(settings, hadoop);
    requireSameKind(evaluate(version, dataset), version, dataset);
    requireAllFields(evaluate(version, dataset), version, dataset);
    return new PublishedModel(
        version, dataset, isSame(version, dataset, settings.evaluation().otherData()));
  }

  /**
   * Refuses a model that answers nothing.
   *
   * @param use what cannot be done with it
   * @throws RunFailedException if a weight is no number
   */
  public static void requireNumbers(String use, ModelVersion version) {
    for (int k = 0; k < version.blocks().size(); k++) {
      if (!version.blocks().get(k).isFinite()) {
        throw new RunFailedException(
            "Cannot "
                + use
                + " model version "
                + version.id()
                + ": weights of block "
                + (k + 1)
                + " are NaN or infinite (train again with a lower training.learning-rate)");
      }
    }
  }

  private static boolean isSame(ModelVersion version, Dataset dataset, boolean otherAllowed) {
    String trained = String.valueOf(version.provenance().get("dataset_fingerprint"));
    if (trained.equals(dataset.fingerprint())) {
      return true;
    }
    if (!otherAllowed) {
      throw UserException.cannot(
          evaluate(version, dataset),
          "it was trained on the data set "
              + start(trained)
              + ", this one is "
              + start(dataset.fingerprint()),
          "evaluate on the data set of the training, or on this one with --set"
              + " evaluation.other-data=true");
    }
    return false;
  }

  private static String evaluate(ModelVersion version, Dataset dataset) {
    return "evaluate model version " + version.id() + " on " + dataset.directory();
  }

  private static String start(String fingerprint) {
    return fingerprint.substring(0, Math.min(12, fingerprint.length()));
  }

  /**
   * Refuses a data set that a model does not read.
   *
   * @param action what cannot be done with them
   * @throws UserException if it has other inputs, classes or words
   */
  public static void requireSameKind(String action, ModelVersion version, Dataset dataset) {
    List<String> expected = version.description().classes();
    List<String> found = dataset.manifest().classes();
    Shape input = RowTransform.input(dataset.manifest().schema());
    if (!expected.equals(found) || !version.description().network().input().equals(input)) {
      throw UserException.cannot(
          action,
          String.format(
              "the model has input %s and classes %s, the data set %s and %s",
              version.description().network().input(), expected, input, found),
          "use data of the kind that it was trained for");
    }
    requireSameWords(action, version, dataset);
  }

  /**
   * Refuses a data set that lacks a field which some block reads.
   *
   * @param action what cannot be done with them
   * @throws UserException if it lacks one
   */
  public static void requireAllFields(String action, ModelVersion version, Dataset dataset) {
    NetworkSpec network = version.description().network();
    int reach = network.reach(dataset.manifest().fields().keySet());
    if (reach < network.blocks().size()) {
      List<String> fields =
          network.blocks().get(reach).sides().stream().map(SideInput::field).toList();
      throw UserException.cannot(
          action,
          "block " + (reach + 1) + " reads " + fields + ", and the rows do not have that",
          "prepare the data set with data.side, or ask predict, which lets the first "
              + reach
              + " answer");
    }
  }

  private static void requireSameWords(String action, ModelVersion version, Dataset dataset) {
    RowSchema rows = dataset.manifest().schema();
    version
        .vocabularies()
        .forEach(
            (field, words) -> {
              if (rows.fields().get(field) instanceof TokensKind) {
                requireSameWords(action, words, Vocabulary.words(dataset, field));
              }
            });
  }

  private static void requireSameWords(String action, List<String> expected, List<String> found) {
    if (expected.size() != found.size()) {
      return; // told with all else that fields differ in
    }
    for (int id = 0; id < expected.size(); id++) {
      if (!expected.get(id).equals(found.get(id))) {
        throw UserException.cannot(
            action,
            String.format(
                "id %d is \"%s\" to the model, and \"%s\" in the data set's vocabulary",
                id, expected.get(id), found.get(id)),
            "use data that was prepared with the model's vocabulary");
      }
    }
  }

  /** How the model reads the rows of the data set. */
  public RowTransform transform() {
    return RowTransform.of(dataset.manifest().schema(), version.description().fields());
  }

  /** The model on an engine; to be closed. */
  public DecoupledNetwork network(EngineChoice engine) {
    return version.on(Engines.create(engine));
  }
}
