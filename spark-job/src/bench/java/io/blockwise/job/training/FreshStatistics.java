package io.blockwise.job.training;

import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Scoring;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What published models answer on test with the running statistics that averaging gave them, and with those of a pass over the
 * training data at learning rate 0: parameters of several workers are averaged, and the statistics
 * of their mean are not the mean of theirs.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes \
 *     -Djob.bench=training.FreshStatistics -Dbench.args="CONF NAME... [KEY=VALUE]..."
 * </pre>
 *
 * <p>Arguments: the models' configuration, their names, of which the newest version is read, and
 * keys as behind {@code --set}.
 */
final class FreshStatistics {
  private final PublishedModel model;
  private final Settings settings;
  private final DatasetRows rows;

  private FreshStatistics(Settings settings) throws IOException {
    this.settings = settings;
    model = PublishedModel.open(settings, HadoopSettings.current());
    rows = new DatasetRows(model.dataset(), settings.data().memory().bytes(), 1);
  }

  public static void main(String[] arguments) throws Exception {
    List<String> sets = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      (arguments[i].contains("=") ? sets : names).add(arguments[i]);
    }
    for (String name : names) {
      List<String> of = new ArrayList<>(sets);
      of.add("model.name=" + name);
      new FreshStatistics(Settings.load(java.nio.file.Path.of(arguments[0]), of)).print(name);
    }
  }

  private void print(String name) throws InterruptedException {
    EngineChoice engine =
        EngineSelection.tried(
                settings.engineChoice(), Optional.of(model.version().description().network()))
            .choice();
    try (DecoupledNetwork network = model.network(engine)) {
      String averaged = test(network);
      pass(network);
      System.out.println(name + ": averaged " + averaged + ", fresh " + test(network));
    }
  }

  private void pass(DecoupledNetwork network) throws InterruptedException {
    RowTransform transform =
        RowTransform.of(model.dataset().manifest().schema(), settings.training().augmentation());
    try (BatchSource batches =
            rows.shuffled(
                model.dataset().manifest().split(Split.TRAIN).shards(),
                transform,
                new Pass(settings.seed(), 1, 0),
                settings.training().batchSize());
        Feed feed = new Feed(batches, 1, network::upload)) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        network.step(batch, block -> 0);
        feed.release(batch);
      }
    }
  }

  private String test(DecoupledNetwork network) throws InterruptedException {
    var test = model.dataset().manifest().split(Split.TEST);
    try (BatchSource batches =
        rows.inOrder(test.shards(), model.transform(), settings.training().batchSize())) {
      Answers none = new Answers(network.blocks().size(), network.spec().classes());
      return Scoring.count(
              network, network.blocks().size(), batches, new Census<>(test.shards(), none))
          .accuracies(test.rows())
          .stream()
          .map(share -> String.format("%.2f", 100 * share))
          .collect(Collectors.joining(" "));
    }
  }
}
