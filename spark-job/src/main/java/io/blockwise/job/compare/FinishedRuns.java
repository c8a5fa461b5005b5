package io.blockwise.job.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.DecidingKeys;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.plan.Traffic;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Finds what runs of a comparison have left behind: the published version of the model that belongs
 * to configuration and seed, and the events of its run. Thread-safe.
 */
final class FinishedRuns {
  private static final JsonMapper JSON = new JsonMapper();

  private final Configuration hadoop;
  private final Storage storage;

  FinishedRuns(Configuration hadoop) {
    this.hadoop = hadoop;
    this.storage = new Storage(hadoop);
  }

  /**
   * The result of a run with these settings on this data set, as far as they decide on it; empty if
   * there is none, or if a file of it is missing or altered.
   */
  Optional<Result> find(Settings settings, Dataset dataset) throws IOException {
    Path models = new Path(new Path(settings.output(), "models"), settings.model().name());
    try {
      ModelStore store = new ModelStore(hadoop, models);
      if (store.latest().isEmpty()) {
        return Optional.empty();
      }
      ModelVersion version = store.readLatest();
      return isOf(version, settings, dataset)
          ? curve(settings, version.id()).map(curve -> result(version, settings, dataset, curve))
          : Optional.empty();
    } catch (UserException e) {
      return Optional.empty(); // it is incomplete or altered, and made anew
    }
  }

  private static boolean isOf(ModelVersion version, Settings settings, Dataset dataset) {
    Settings trained =
        settings.withCut(
            RowTransform.input(dataset.manifest().schema()), dataset.manifest().classes().size());
    String stored = String.valueOf(version.provenance().get("configuration"));
    long rowBytes = Datasets.rowBytes(dataset, Split.TRAIN, Split.VALIDATION);
    return DecidingKeys.of(stored, rowBytes).equals(DecidingKeys.of(trained.rendered(), rowBytes))
        && dataset.fingerprint().equals(version.provenance().get("dataset_fingerprint"));
  }

  private static Result result(
      ModelVersion version, Settings settings, Dataset dataset, List<Result.Learned> curve) {
    return new Result(
        version.id(),
        version.metrics(),
        version.provenance(),
        Traffic.ofRun(settings, version.description().network(), dataset),
        curve);
  }

  /** Empty if the run's events are not there, or do not tell its end. */
  private Optional<List<Result.Learned>> curve(Settings settings, String runId) throws IOException {
    Path run = new Path(new Path(settings.output(), "runs"), runId);
    try {
      String events =
          new String(storage.bytes(new Path(run, "events.jsonl")), StandardCharsets.UTF_8);
      List<Result.Learned> curve = new ArrayList<>();
      double seconds = 0;
      boolean finished = false;
      for (String line : events.lines().toList()) {
        JsonNode event = JSON.readTree(line);
        String kind = event.path("event").asText();
        finished |= kind.equals("finished");
        if (kind.equals("epoch")) {
          seconds += event.path("seconds").asDouble();
          JsonNode accuracy = event.path("validation_accuracy");
          double last = accuracy.path(accuracy.size() - 1).asDouble();
          curve.add(new Result.Learned(event.path("epoch").asInt(), seconds, last));
        }
      }
      return finished ? Optional.of(curve) : Optional.empty();
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
