package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.Scoring;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Reads a published model back and measures every block on test. Used by one thread. */
public final class ModelEvaluation {
  /** Share of the rows by which another library or order of sums may change an accuracy. */
  private static final double TOLERANCE = 0.002;

  private ModelEvaluation() {}

  /**
   * Evaluates the version {@code run-id}, or the newest, and prints the accuracy of every block
   * beside the one that was published.
   *
   * @throws UserException if the model was made for other data: for other images or classes, or,
   *     unless {@code evaluation.other-data} is set, from another data set
   * @throws RunFailedException if a weight is no number, or a block of the model is more than 0.2
   *     points off what was published of it, on the same data set
   * @throws io.blockwise.base.UserException if there is no model or it was altered
   */
  public static void run(Settings settings) throws Exception {
    Configuration hadoop = HadoopSettings.current();
    String name = settings.model().name();
    ModelStore store =
        new ModelStore(hadoop, new Path(new Path(settings.output(), "models"), name));
    ModelVersion version =
        settings.runId().isPresent() ? store.read(settings.runId().get()) : store.readLatest();
    requireNumbers(version);
    Dataset dataset = Datasets.openOrPrepare(settings, hadoop);
    requireSameKind(version, dataset);
    boolean same = isSame(version, dataset, settings.evaluation().otherData());
    Metrics.TestFigures test = measure(settings, version, dataset);
    print(System.out, version, test);
    if (same) {
      requireAsPublished(version, test.accuracy());
    } else {
      System.out.println("The data set is another one than the model was trained on.");
    }
  }

  private static void requireNumbers(ModelVersion version) {
    for (int k = 0; k < version.blocks().size(); k++) {
      if (!version.blocks().get(k).isFinite()) {
        throw new RunFailedException(
            "Cannot evaluate model version "
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
          "evaluate model version " + version.id() + " on " + dataset.directory(),
          "it was trained on the data set "
              + start(trained)
              + ", this one is "
              + start(dataset.fingerprint()),
          "evaluate on the data set of the training, or on this one with --set"
              + " evaluation.other-data=true");
    }
    return false;
  }

  private static String start(String fingerprint) {
    return fingerprint.substring(0, Math.min(12, fingerprint.length()));
  }

  private static void requireAsPublished(ModelVersion version, List<Double> accuracy) {
    List<Double> published = version.metrics().test().accuracy();
    for (int k = 0; k < accuracy.size(); k++) {
      if (Math.abs(accuracy.get(k) - published.get(k)) > TOLERANCE) {
        throw new RunFailedException(
            String.format(
                Locale.ROOT,
                "Cannot confirm model version %s: block %d has %.2f %% on test, %.2f %% was published"
                    + " (more than %.1f points apart: find out which weights, engine or library"
                    + " differ)",
                version.id(),
                k + 1,
                100 * accuracy.get(k),
                100 * published.get(k),
                100 * TOLERANCE));
      }
    }
  }

  private static void requireSameKind(ModelVersion version, Dataset dataset) {
    List<String> expected = version.description().classes();
    List<String> found = dataset.manifest().classes();
    Shape input = RowTransform.input(dataset.manifest().schema());
    if (!expected.equals(found) || !version.description().network().input().equals(input)) {
      throw UserException.cannot(
          "evaluate model version " + version.id() + " on " + dataset.directory(),
          String.format(
              "the model has input %s and classes %s, the data set %s and %s",
              version.description().network().input(), expected, input, found),
          "evaluate on the data that it was trained for");
    }
  }

  private static Metrics.TestFigures measure(
      Settings settings, ModelVersion version, Dataset dataset) throws InterruptedException {
    DatasetRows rows = new DatasetRows(dataset, settings.data().memory().bytes(), 1);
    RowTransform transform =
        RowTransform.of(dataset.manifest().schema(), version.description().fields());
    int batch = settings.evaluation().batchSizeOr(settings.training().batchSize());
    NetworkSpec spec = version.description().network();
    EngineSelection engine = EngineSelection.tried(settings.engineChoice(), Optional.of(spec));
    try (DecoupledNetwork network =
        new DecoupledNetwork(Engines.create(engine.choice()), spec, 0)) {
      for (int k = 0; k < network.blocks().size(); k++) {
        version.blocks().get(k).adoptInto(network.blocks().get(k));
      }
      SplitContent test = dataset.manifest().split(Split.TEST);
      int classes = version.description().classes().size();
      try (BatchSource batches = rows.inOrder(test.shards(), transform, batch)) {
        Answers answers = Scoring.answers(network, classes, batches);
        return new Metrics.TestFigures(answers.accuracies(test.rows()), answers.confusion());
      }
    }
  }

  private static void print(PrintStream out, ModelVersion version, Metrics.TestFigures test) {
    List<Double> accuracy = test.accuracy();
    List<Double> published = version.metrics().test().accuracy();
    out.printf(Locale.ROOT, "Model %s, version %s%n", version.description().name(), version.id());
    out.printf("%n  block      test  published%n");
    for (int k = 0; k < accuracy.size(); k++) {
      out.printf(
          Locale.ROOT,
          "  %5d  %6.2f %%   %6.2f %%%n",
          k + 1,
          100 * accuracy.get(k),
          100 * published.get(k));
    }
    ClassTable.print(out, version.description().classes(), test);
    if (!accuracy.equals(published)) {
      out.println("The figures differ: the data set or the native library is not the same.");
    }
    out.flush();
  }
}
