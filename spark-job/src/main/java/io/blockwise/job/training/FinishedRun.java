package io.blockwise.job.training;

import io.blockwise.job.NotPublishedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.report.RunStatus;
import io.blockwise.job.report.RunStatus.State;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** A run that is started once more although its model is there: it is not repeated. */
final class FinishedRun {
  private FinishedRun() {}

  /**
   * Says what a run of the {@code run-id} that was given has reached; does what was left to do if
   * its driver was killed before its model was published.
   *
   * @return whether there is such a run; if not, nothing was done
   * @throws NotPublishedException as the run itself did
   */
  static boolean say(Configuration hadoop, Settings settings, Instant now, PrintStream out)
      throws Exception {
    if (settings.runId().isEmpty()) {
      return false;
    }
    RunDirectory directory = RunDirectory.of(hadoop, settings, now);
    Optional<RunStatus> status = directory.status();
    ModelStore store = directory.models(settings.model().name());
    String version = directory.runId();
    if (status.isEmpty() || !store.isComplete(version)) {
      return false;
    }
    Metrics metrics = store.metrics(version);
    if (status.get().state().isDone()) {
      out.printf("Run %s has ended before, and is not repeated%n", version);
      if (status.get().state() == State.NOT_PUBLISHED) {
        throw new NotPublishedException(status.get().reason());
      }
    } else {
      out.printf("Run %s was stopped when its model was complete: it is published now%n", version);
      directory.alone(settings, out::println, lock -> directory.publish(settings, metrics));
    }
    Summary.print(out, store.path(version), metrics, Set.of(), List.of());
    return true;
  }
}
