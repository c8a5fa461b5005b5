package io.blockwise.job.training;

import io.blockwise.job.NotPublishedException;
import io.blockwise.job.config.PublishCondition;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The last step of a run: its version becomes the published one, if it is good enough. */
final class Publishing {
  private Publishing() {}

  /**
   * Publishes a complete version if {@code publish.if} lets it.
   *
   * @param metrics of the version
   * @return both figures where it does not
   */
  static Optional<NotPublishedException> publish(
      Settings settings, ModelStore store, String version, Metrics metrics) throws IOException {
    PublishCondition condition = settings.publish().asked();
    PublishCondition.Verdict verdict =
        condition.verdict(ofLastBlock(metrics), ofLatest(condition, store, version));
    if (verdict.publish()) {
      store.publish(version);
      if (settings.publish().keep() > 0) {
        store.prune(settings.publish().keep());
      }
      return Optional.empty();
    }
    return Optional.of(
        new NotPublishedException(
            "Not published: version "
                + version
                + " of model "
                + settings.model().name()
                + " stays where it is, since "
                + verdict
                + " (publish.if = "
                + condition.text()
                + "; to publish it all the same: bin/blockwise rollback "
                + settings.output()
                + "/models/"
                + settings.model().name()
                + " --to "
                + version
                + ")"));
  }

  private static OptionalDouble ofLatest(
      PublishCondition condition, ModelStore store, String version) throws IOException {
    Optional<String> latest = store.latest();
    return condition.ofLatest() && latest.isPresent() && !latest.get().equals(version)
        ? OptionalDouble.of(ofLastBlock(store.metrics(latest.get())))
        : OptionalDouble.empty();
  }

  private static double ofLastBlock(Metrics metrics) {
    List<Double> accuracies = metrics.validation().accuracy();
    return accuracies.get(accuracies.size() - 1);
  }
}
