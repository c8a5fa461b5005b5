package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.job.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.feed.Augmentation;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.ImageTransform;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.input.Images;
import io.blockwise.job.worker.Engines;
import io.blockwise.job.worker.Scoring;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Reads a published model back and measures every block on test. Used by one thread. */
public final class ModelEvaluation {
  private ModelEvaluation() {}

  /**
   * Evaluates the version {@code run-id}, or the newest, and prints the accuracy of every block
   * beside the one that was published.
   *
   * @throws UserException if the model was made for other data
   * @throws io.blockwise.model.artifact.ArtifactException if there is no model or it was altered
   */
  public static void run(Settings settings) throws Exception {
    Configuration hadoop = HadoopSettings.current();
    String name = settings.model().name();
    ModelStore store =
        new ModelStore(hadoop, new Path(new Path(settings.output(), "models"), name));
    ModelVersion version =
        settings.runId().isPresent() ? store.read(settings.runId().get()) : store.readLatest();
    Dataset dataset = Datasets.openOrPrepare(settings, hadoop);
    Images images = new Images(dataset, settings.data().memory().bytes(), 1);
    requireSameData(version, dataset, images);
    print(System.out, version, accuracy(settings, version, images));
  }

  private static void requireSameData(ModelVersion version, Dataset dataset, Images images) {
    List<String> expected = version.description().classes();
    List<String> found = dataset.manifest().classes();
    if (!expected.equals(found)
        || !version.description().network().input().equals(images.shape())) {
      throw new UserException(
          "Cannot evaluate model version "
              + version.id()
              + " on "
              + dataset.directory()
              + ": the model has input "
              + version.description().network().input()
              + " and classes "
              + expected
              + ", the data set "
              + images.shape()
              + " and "
              + found
              + " (evaluate on the data that it was trained for)");
    }
  }

  private static List<Double> accuracy(Settings settings, ModelVersion version, Images images)
      throws InterruptedException {
    ImageTransform transform =
        new ImageTransform(
            images.shape(), version.description().normalisation(), Augmentation.NONE);
    int batch = settings.evaluation().batchSizeOr(settings.training().batchSize());
    try (DecoupledNetwork network =
        new DecoupledNetwork(
            Engines.create(settings.engineChoice()), version.description().network(), 0)) {
      for (int k = 0; k < network.blocks().size(); k++) {
        version.blocks().get(k).adoptInto(network.blocks().get(k));
      }
      SplitContent test = images.manifest().split(Split.TEST);
      long[] correct;
      try (BatchSource batches = images.inOrder(test.shards(), transform, batch)) {
        correct = Scoring.correct(network, batches);
      }
      double all = test.rows();
      return Arrays.stream(correct).mapToObj(count -> count / all).toList();
    }
  }

  private static void print(PrintStream out, ModelVersion version, List<Double> accuracy) {
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
    if (!accuracy.equals(published)) {
      out.println("The figures differ: the data set or the native library is not the same.");
    }
    out.flush();
  }
}
