package io.blockwise.job.guarantee;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.CalibrateOptions;
import io.blockwise.job.config.MemorySize;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.RowRange;
import io.blockwise.job.worker.Scoring;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitCosts;
import io.blockwise.model.exits.ExitSweep;
import io.blockwise.model.exits.Temperatures;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The command {@code calibrate}: chooses, by rows that a published model has not seen, when it may
 * answer early, and publishes the same weights with that. Used by one thread.
 */
public final class ModelCalibration {
  /** Key of {@code provenance.json}: rows of validation that chose nothing but a threshold. */
  public static final String CALIBRATION_ROWS = "calibration_rows";

  private static final String DATASET = "dataset_fingerprint";

  /** Of the data set, at any time. */
  private static final MemorySize MEMORY = MemorySize.parse("1 GiB");

  private ModelCalibration() {}

  /**
   * Publishes a calibrated version, and prints what it guarantees.
   *
   * @throws UserException if there is no such model or data set, its rows chose something of the
   *     model, are of another kind or too few, or show that not all that is wanted can be had
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static void run(CalibrateOptions options) throws Exception {
    Configuration hadoop = HadoopSettings.current();
    ModelPlace place = ModelPlace.of(hadoop, options.model());
    ModelVersion version = place.read(hadoop);
    PublishedModel.requireNumbers("calibrate", version);
    Dataset dataset = Dataset.open(hadoop, new Path(options.dataset()));
    String action = "calibrate model version " + version.id() + " by " + options.dataset();
    PublishedModel.requireSameKind(action, version, dataset);
    PublishedModel.requireAllFields(action, version, dataset);
    ExitCosts costs = ExitCosts.of(version.description().network());
    CalibrationRows.requirePossible(options.guarantee(), costs);
    Split split = split(options);
    List<Shard> shards = dataset.manifest().split(split).shards();
    RowRange rows = unseen(action, version, dataset, split);
    long count = Math.min(rows.to(), dataset.manifest().split(split).rows()) - rows.from();
    CalibrationRows.requireEnough(
        options.guarantee(), count, "give more rows, or raise --drop or lower --confidence");
    Temperatures temperatures = version.description().exits().divisors();
    Census<ExitSweep> census =
        new Census<>(shards, rows, new ExitSweep(costs.blocks().size(), temperatures));
    ExitSweep sweep = sweep(options, version, dataset, census);
    Calibration calibration = Calibration.of(options.guarantee(), costs, temperatures, sweep);
    if (calibration.missing().isPresent()) {
      throw UserException.cannot(
          action, calibration.missing().get(), "ask for less, or calibrate by more rows");
    }
    Path written = write(hadoop, place, version, calibration.exits(), dataset, split);
    print(System.out, calibration.exits(), written);
  }

  private static Split split(CalibrateOptions options) {
    try {
      return Names.parse("--split", Split.class, options.split());
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /** Rows of a split that nothing of the model was chosen by. */
  private static RowRange unseen(
      String action, ModelVersion version, Dataset dataset, Split split) {
    boolean trainedOnIt = dataset.fingerprint().equals(version.provenance().get(DATASET));
    if (!trainedOnIt || split == Split.TEST) {
      return RowRange.ALL;
    }
    long rows = dataset.manifest().split(split).rows();
    long set =
        split == Split.VALIDATION
                && version.provenance().get(CALIBRATION_ROWS) instanceof Number number
            ? number.longValue()
            : 0;
    if (set == 0) {
      throw UserException.cannot(
          action,
          split == Split.TRAIN
              ? "the model was trained on the rows of its split train"
              : "the model's epoch was chosen by the rows of its split validation",
          "use rows that it has not seen: --split test or another data set; or train with exit.risk,"
              + " which sets some aside");
    }
    return new RowRange(rows - set, rows);
  }

  private static ExitSweep sweep(
      CalibrateOptions options, ModelVersion version, Dataset dataset, Census<ExitSweep> census)
      throws InterruptedException {
    NetworkSpec network = version.description().network();
    EngineSelection engine = EngineSelection.tried(options.engine(), Optional.of(network));
    RowTransform transform =
        RowTransform.of(dataset.manifest().schema(), version.description().fields());
    DatasetRows rows = new DatasetRows(dataset, MEMORY.bytes(), 1);
    try (DecoupledNetwork made = version.on(Engines.create(engine.choice()));
        BatchSource batches = rows.inOrder(census.shards(), transform, options.batchSize())) {
      return Scoring.count(made, network.blocks().size(), batches, census);
    }
  }

  private static Path write(
      Configuration hadoop,
      ModelPlace place,
      ModelVersion version,
      Exits exits,
      Dataset dataset,
      Split split)
      throws IOException {
    ModelStore store = new ModelStore(hadoop, new Path(place.directory()));
    Map<String, Object> provenance = new LinkedHashMap<>(version.provenance());
    provenance.put("calibrated_from", version.id());
    provenance.put("calibrated_by", dataset.fingerprint() + " " + Names.of(split));
    provenance.put("calibrated", Instant.now().toString());
    ModelVersion calibrated =
        new ModelVersion(
            free(hadoop, store, version.id()),
            version.description().with(exits),
            version.vocabularies(),
            version.blocks(),
            version.metrics(),
            provenance);
    Path written = store.write(calibrated);
    if (store.latest().equals(Optional.of(version.id()))) {
      store.publish(calibrated.id());
    }
    return written;
  }

  /** The first name of its kind that no version has. */
  private static String free(Configuration hadoop, ModelStore store, String id) throws IOException {
    for (int number = 1; ; number++) {
      String name = id + "-calibrated-" + number;
      Path path = store.path(name);
      if (!path.getFileSystem(hadoop).exists(path)) {
        return name;
      }
    }
  }

  private static void print(PrintStream out, Exits exits, Path written) {
    out.println("Model in " + written);
    Calibration.sentences(exits).forEach(out::println);
    long rows = exits.leaving().stream().mapToLong(Long::longValue).sum();
    for (int k = 0; k < exits.leaving().size(); k++) {
      out.printf(
          "  block %d answers %d of the calibration rows (%.1f %%)%n",
          k + 1, exits.leaving().get(k), 100.0 * exits.leaving().get(k) / rows);
    }
    out.flush();
  }
}
