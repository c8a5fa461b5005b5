package io.blockwise.job.compare;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.SearchPlan;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Measures the winner of a search on test and publishes it as the model of the configuration: its
 * version there has the name of its run, and is the only one of the search that has figures of
 * test. Once it is there, test is not read again. Used by one thread.
 */
final class Winner {
  private final Configuration hadoop;
  private final Settings settings;

  Winner(Configuration hadoop, SearchPlan plan) {
    this.hadoop = hadoop;
    this.settings = plan.settings();
  }

  /**
   * Its figures with those of test.
   *
   * @param notice gets what there is to say about waiting
   */
  Metrics published(Standings.Entry winner, Consumer<String> notice)
      throws IOException, InterruptedException {
    String id = winner.result().orElseThrow().runId();
    ModelStore store = store(settings.model().name());
    Storage storage = new Storage(hadoop);
    Path place = directory(settings.model().name());
    try (DirectoryLock lock =
        DirectoryLock.acquire(
            storage, place, LockTimes.refusing(settings.run().lockExpiry()), notice)) {
      if (!store.isComplete(id)) {
        Metrics.TestFigures test = ModelEvaluation.test(winner.run().settings());
        ModelVersion version = store(winner.run().settings().model().name()).read(id);
        lock.requireStillHeld();
        store.write(named(version, winner, test));
      }
      store.publish(id);
    }
    return store.metrics(id);
  }

  private ModelVersion named(
      ModelVersion version, Standings.Entry winner, Metrics.TestFigures test) {
    ModelDescription found = version.description();
    ModelDescription description =
        new ModelDescription(
            settings.model().name(),
            found.dataKind(),
            found.classes(),
            found.fields(),
            found.network(),
            found.exits());
    Map<String, Object> provenance = new LinkedHashMap<>(version.provenance());
    provenance.put("searched", winner.run().configuration());
    return new ModelVersion(
        version.id(),
        description,
        version.vocabularies(),
        version.blocks(),
        version.metrics().with(test),
        provenance);
  }

  private ModelStore store(String name) {
    return new ModelStore(hadoop, directory(name));
  }

  private Path directory(String name) {
    return new Path(new Path(settings.output(), "models"), name);
  }
}
