package io.blockwise.job.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Scoring;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
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
   * beside the one that was published. Of several blocks it says what leaving early does, too, and
   * writes that below {@code output/exits/NAME/VERSION}, over the files of an earlier call.
   *
   * @throws UserException if the model was made for other data: for other images or classes, or,
   *     unless {@code evaluation.other-data} is set, from another data set
   * @throws RunFailedException if a weight is no number, or a block of the model is more than 0.2
   *     points off what was published of it, on the same data set
   * @throws io.blockwise.base.UserException if there is no model or it was altered
   */
  public static void run(Settings settings) throws Exception {
    Configuration hadoop = HadoopSettings.current();
    PublishedModel model = PublishedModel.open(settings, hadoop);
    ExitReport report = measure(settings, model);
    Answers answers = report.counted().answers();
    Metrics.TestFigures test =
        new Metrics.TestFigures(
            answers.accuracies(model.dataset().manifest().split(Split.TEST).rows()),
            answers.confusion());
    print(System.out, model.version(), test);
    if (!report.routes().isEmpty()) {
      report.print(System.out);
      write(settings, report, hadoop);
    }
    if (model.trainedOnIt() && model.version().metrics().test().exists()) {
      requireAsPublished(model.version(), test.accuracy());
    } else if (!model.trainedOnIt()) {
      System.out.println("The data set is another one than the model was trained on.");
    }
  }

  /**
   * What the newest version of the settings' model reaches on test.
   *
   * @throws UserException as {@link #run}
   */
  public static Metrics.TestFigures test(Settings settings)
      throws IOException, InterruptedException {
    PublishedModel model = PublishedModel.open(settings, HadoopSettings.current());
    NetworkSpec spec = model.version().description().network();
    DatasetRows rows = new DatasetRows(model.dataset(), settings.data().memory().bytes(), 1);
    int batch = settings.evaluation().batchSizeOr(settings.training().batchSize());
    EngineSelection engine = EngineSelection.tried(settings.engineChoice(), Optional.of(spec));
    SplitContent test = model.dataset().manifest().split(Split.TEST);
    try (DecoupledNetwork network = model.network(engine.choice());
        BatchSource batches = rows.inOrder(test.shards(), model.transform(), batch)) {
      int blocks = spec.blocks().size();
      Census<Answers> census = new Census<>(test.shards(), new Answers(blocks, spec.classes()));
      Answers answers = Scoring.count(network, blocks, batches, census);
      return new Metrics.TestFigures(answers.accuracies(test.rows()), answers.confusion());
    }
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

  private static void write(Settings settings, ExitReport report, Configuration hadoop)
      throws IOException {
    Path exits = new Path(settings.output(), "exits");
    ModelVersion version = report.version();
    Path directory = new Path(new Path(exits, version.description().name()), version.id());
    Storage storage = new Storage(hadoop);
    storage.write(new Path(directory, "exits.json"), report.json());
    storage.write(new Path(directory, "exits.svg"), report.picture().getBytes(UTF_8));
    System.out.println("Written to " + directory);
  }

  private static ExitReport measure(Settings settings, PublishedModel model)
      throws InterruptedException {
    NetworkSpec spec = model.version().description().network();
    DatasetRows rows = new DatasetRows(model.dataset(), settings.data().memory().bytes(), 1);
    int batch = settings.evaluation().batchSizeOr(settings.training().batchSize());
    EngineSelection engine = EngineSelection.tried(settings.engineChoice(), Optional.of(spec));
    SplitContent test = model.dataset().manifest().split(Split.TEST);
    Temperatures temperatures = model.version().description().exits().divisors();
    try (DecoupledNetwork network = model.network(engine.choice())) {
      TestTally counted;
      try (BatchSource batches = rows.inOrder(test.shards(), model.transform(), batch)) {
        Census<TestTally> census = new Census<>(test.shards(), TestTally.of(spec, temperatures));
        counted = Scoring.count(network, spec.blocks().size(), batches, census);
      }
      if (spec.blocks().size() < 2) {
        return new ExitReport(model.version(), counted, List.of());
      }
      try (BatchSource batches = rows.inOrder(test.shards(), model.transform(), batch)) {
        List<ExitRule> rules = ExitReport.timed(model.version());
        return new ExitReport(
            model.version(), counted, Route.timed(network, rules, temperatures, batch, batches));
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
          "  %5d  %6.2f %%   %s%n",
          k + 1,
          100 * accuracy.get(k),
          published.isEmpty()
              ? "      -"
              : String.format(Locale.ROOT, "%6.2f %%", 100 * published.get(k)));
    }
    ClassTable.print(out, version.description().classes(), test);
    if (!published.isEmpty() && !accuracy.equals(published)) {
      out.println("The figures differ: the data set or the native library is not the same.");
    }
    out.flush();
  }
}
