package io.blockwise.job.compare;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.cli.OneProcess;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.DataSettings;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.config.comparison.Comparison.Run;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.training.Plans;
import io.blockwise.job.training.Positives;
import io.blockwise.job.training.RowWeights;
import io.blockwise.job.training.RunDirectory;
import io.blockwise.job.training.TrainingInput;
import io.blockwise.job.training.growth.GrowthPlan;
import io.blockwise.model.spec.NetworkSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** What all runs need before the first one starts, so that none is refused after hours. */
final class Prerequisites {
  private final Configuration hadoop;
  private final Map<DataSettings, Dataset> datasets = new HashMap<>();

  /**
   * Finds or prepares the data sets.
   *
   * @throws UserException if a run cannot be made as it is configured
   */
  Prerequisites(Configuration hadoop, Comparison comparison, int parallel)
      throws InterruptedException {
    this.hadoop = hadoop;
    int threads = OneProcess.threads(comparison, LaunchEnvironment::threads);
    int processors = Runtime.getRuntime().availableProcessors();
    OneProcess.requireRoom(comparison, parallel, Masters.current(), threads, processors);
    for (Run run : comparison.runs()) {
      checked(run, () -> requireStart(run.settings()));
    }
    for (Run run : comparison.runs()) {
      checked(run, () -> requireFits(run.settings(), prepared(run.settings())));
    }
    if (Masters.isLocal(Masters.current())) {
      List<Long> rowBytes = comparison.runs().stream().map(this::rowBytes).toList();
      OneProcess.requireHeap(rowBytes, parallel, Runtime.getRuntime().maxMemory());
    }
  }

  /** The data set of a run. */
  Dataset dataset(Run run) {
    return datasets.get(run.settings().data());
  }

  /** Rows that a run has in memory, at most. */
  private long rowBytes(Run run) {
    long all = Datasets.rowBytes(dataset(run), Split.values());
    return Math.min(run.settings().data().memory().bytes(), all);
  }

  /** A check that waits at most for what it can be interrupted in. */
  private interface Check {
    void run() throws InterruptedException;
  }

  private static void checked(Run run, Check check) throws InterruptedException {
    try {
      check.run();
    } catch (UserException e) {
      throw new UserException(
          "Cannot compare run " + run.configuration() + ": " + e.getMessage(), e);
    }
  }

  private void requireStart(Settings settings) {
    EngineSelection.expected(settings.engineChoice(), settings.expectedNetwork());
    RunDirectory.of(hadoop, settings, Instant.now()).requireWritable(settings.model().name());
  }

  private Dataset prepared(Settings settings) throws InterruptedException {
    Dataset known = datasets.get(settings.data());
    if (known != null) {
      return known;
    }
    boolean ran = SparkSession.getDefaultSession().isDefined();
    Dataset dataset = TrainingInput.open(settings, hadoop).dataset();
    datasets.put(settings.data(), dataset);
    if (!ran
        && Masters.isLocal(Masters.current())
        && SparkSession.getDefaultSession().isDefined()) {
      // What it keeps would count as memory of the runs that follow, and not of those of a restart.
      SparkSession.getDefaultSession().get().stop();
    }
    return dataset;
  }

  private static void requireFits(Settings settings, Dataset dataset) {
    NetworkSpec network =
        settings.network(
            RowTransform.shapes(dataset.manifest().schema()), dataset.manifest().classes().size());
    RowWeights.in(network, settings.training().classWeights(), dataset.manifest());
    Positives.of(settings.training(), network).require();
    EngineSelection.expected(settings.engineChoice(), Optional.of(network));
    Plans.requirePatience(settings, GrowthPlan.of(settings, network, 0));
    Plans.requireEnough(settings, dataset.manifest().split(Split.TRAIN).shards());
  }
}
