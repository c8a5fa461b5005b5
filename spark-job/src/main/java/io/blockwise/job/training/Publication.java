package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.text.Vocabulary;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.Settings;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.guarantee.ModelCalibration;
import io.blockwise.job.report.ThisProcess;
import io.blockwise.job.training.growth.Ancestor;
import io.blockwise.job.training.progress.RunFigures;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Turns the best snapshot of a run into a model version. Immutable.
 *
 * @param calibrationRows rows of validation that chose nothing but a threshold
 * @param ancestor model that it has grown from
 * @param started beginning of the run
 */
public record Publication(
    Settings settings,
    Dataset dataset,
    WorkerPlan plan,
    long calibrationRows,
    Optional<Ancestor> ancestor,
    String runId,
    Instant started) {

  /** The version. */
  ModelVersion version(Exits exits, RunFigures figures, Metrics metrics, Instant finished) {
    Manifest manifest = dataset.manifest();
    ModelDescription description =
        new ModelDescription(
            settings.model().name(),
            manifest.kind(),
            manifest.classes(),
            RowTransform.modelFields(manifest.schema(), plan.network()),
            plan.network(),
            exits);
    return new ModelVersion(
        runId,
        description,
        vocabularies(),
        stored(plan.network(), figures.best().states()),
        metrics,
        provenance(figures, finished));
  }

  /** What the data set's ids stand for, so that the model can be asked about texts without it. */
  private Map<String, List<String>> vocabularies() {
    RowSchema schema = dataset.manifest().schema();
    Map<String, List<String>> vocabularies = new LinkedHashMap<>();
    RowTransform.modelFields(schema, plan.network())
        .forEach(
            (field, kind) -> {
              if (kind instanceof InputField.Tokens) {
                vocabularies.put(field, Vocabulary.words(dataset, field));
              }
            });
    return vocabularies;
  }

  /** Parameters of all blocks by what they are for. */
  Metrics.ParameterCounts parameters() {
    return parameters(plan.network());
  }

  /** The same of a network. */
  public static Metrics.ParameterCounts parameters(NetworkSpec network) {
    List<BlockLayout> layouts = DecoupledNetwork.layouts(network);
    return new Metrics.ParameterCounts(
        count(layouts, TensorTable::lengthOfBody),
        count(layouts, TensorTable::lengthOfHeads),
        count(layouts, table -> table.length(BlockSpec.EXIT)));
  }

  static Metrics.Pushes pushes(long sent, PushCounts counts) {
    return new Metrics.Pushes(
        sent,
        counts.received(),
        counts.accepted(),
        counts.dropped(),
        counts.duplicate(),
        counts.fenced(),
        counts.refused());
  }

  /** Blocks of a network as they are kept. */
  static List<StoredBlock> stored(NetworkSpec network, List<BlockState> states) {
    List<StoredBlock> blocks = new ArrayList<>();
    for (BlockLayout layout : DecoupledNetwork.layouts(network)) {
      BlockState state = states.get(blocks.size());
      blocks.add(
          new StoredBlock(
              Tensors.copyOf(layout.parameters(), state.parameters().toArray()),
              Tensors.copyOf(layout.statistics(), state.statistics().toArray())));
    }
    return blocks;
  }

  private static long count(List<BlockLayout> layouts, ToIntFunction<TensorTable> part) {
    return layouts.stream().mapToLong(layout -> part.applyAsInt(layout.parameters())).sum();
  }

  private Map<String, Object> provenance(RunFigures figures, Instant finished) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("run_id", runId);
    values.put("seed", settings.seed());
    values.put("configuration", settings.rendered());
    values.put("dataset_fingerprint", dataset.fingerprint());
    values.put("dataset_seed", settings.data().seed());
    values.put(ModelCalibration.CALIBRATION_ROWS, calibrationRows);
    values.put("started", started.toString());
    values.put("finished", finished.toString());
    values.put("blockwise", Build.present().version());
    values.put("commit", Build.present().commit());
    values.put("master", Masters.current());
    values.put("threads", LaunchEnvironment.threads(settings));
    values.put("host", ThisProcess.host());
    values.put("java", System.getProperty("java.version"));
    values.put("engine", plan.engine().name().text());
    values.put("computed_with", List.copyOf(figures.engines()));
    ancestor.ifPresent(model -> values.put("ancestor", model.provenance()));
    values.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    return values;
  }
}
