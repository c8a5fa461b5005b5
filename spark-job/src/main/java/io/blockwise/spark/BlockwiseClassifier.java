package io.blockwise.spark;

import io.blockwise.base.UserException;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Trains a network of blocks on a DataFrame, on the executors of the session, or on a local master
 * in this process.
 *
 * <p>The column of features decides what is trained on: vectors or arrays of numbers, texts, the
 * content of JPEG or PNG files, or images in Spark's schema. Every key of {@code reference.conf}
 * that does not say where rows come from is a parameter of that name; those of columns have Spark
 * ML's names:
 *
 * <pre>{@code
 * BlockwiseModel model =
 *     new BlockwiseClassifier()
 *         .setLabelCol("species")
 *         .with("backbone", "mlp")
 *         .with("training.epochs", 20)
 *         .with("output", "hdfs:///models")
 *         .fit(frame);
 * }</pre>
 *
 * <p>The rows are written as a data set below {@code output}, once for equal rows. A share of them
 * ({@code data.validation-fraction}) selects the epoch, and another ({@code data.test-fraction})
 * measures the model once. Runs and models are found there as those of {@code bin/blockwise} are.
 *
 * <p>Not thread-safe while it is set up; several fits may run at once.
 */
public final class BlockwiseClassifier extends Estimator<BlockwiseModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final transient Columns columns;
  private final transient SettingParams settings;
  private final transient BooleanParam progress;

  /** With a name of its own. */
  public BlockwiseClassifier() {
    this(Identifiable$.MODULE$.randomUID("blockwise"));
  }

  /** Of a name, by which Spark ML tells stages apart. */
  public BlockwiseClassifier(String uid) {
    this.uid = uid;
    columns = new Columns(this);
    settings = new SettingParams(this);
    progress =
        new BooleanParam(this, "progress", "whether to show on standard output how far it is");
    setDefault(columns.features, "features");
    setDefault(columns.label, "label");
    setDefault(columns.weight, "");
    setDefault(columns.prediction, "prediction");
    setDefault(columns.probability, "probability");
    setDefault(columns.rawPrediction, "rawPrediction");
    setDefault(columns.predictedLabel, "predictedLabel");
    setDefault(progress, true);
  }

  /** Reads one that was written. */
  public static MLReader<BlockwiseClassifier> read() {
    return new DefaultParamsReadable<BlockwiseClassifier>() {}.read();
  }

  /** Reads one that was written to a path. */
  public static BlockwiseClassifier load(String path) {
    return read().load(path);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Those of columns, and one for every key. */
  @Override
  public Param<?>[] params() {
    return Stream.concat(
            Stream.of(
                columns.features,
                columns.label,
                columns.weight,
                columns.prediction,
                columns.probability,
                columns.rawPrediction,
                columns.predictedLabel,
                progress),
            settings.all().values().stream())
        .toArray(Param<?>[]::new);
  }

  /**
   * The parameter of a key, for grids of parameters.
   *
   * @throws UserException if there is no such key, or the DataFrame answers it
   */
  public Param<Object> setting(String key) {
    return settings
        .of(key)
        .orElseThrow(
            () ->
                UserException.cannot(
                    "set " + key,
                    "it is no key, or one that the DataFrame answers",
                    "name one of conf/README.md"));
  }

  /**
   * Sets a key, as {@code --set key=value} does.
   *
   * @param value text, a number, a boolean or a list of these; it is checked when fit is called
   * @throws UserException if there is no such key
   */
  public BlockwiseClassifier with(String key, Object value) {
    set(setting(key), value);
    return this;
  }

  /** Column of what is classified. */
  public BlockwiseClassifier setFeaturesCol(String name) {
    set(columns.features, name);
    return this;
  }

  /** Column of the classes. */
  public BlockwiseClassifier setLabelCol(String name) {
    set(columns.label, name);
    return this;
  }

  /**
   * Column of what rows count in cross-entropies: numbers above 0, of which only ratios matter.
   * Empty: all count alike.
   */
  public BlockwiseClassifier setWeightCol(String name) {
    set(columns.weight, name);
    return this;
  }

  /** Column that models write the class to. */
  public BlockwiseClassifier setPredictionCol(String name) {
    set(columns.prediction, name);
    return this;
  }

  /** Column that models write the probabilities to; empty for none. */
  public BlockwiseClassifier setProbabilityCol(String name) {
    set(columns.probability, name);
    return this;
  }

  /** Column that models write the logarithms of the probabilities to; empty for none. */
  public BlockwiseClassifier setRawPredictionCol(String name) {
    set(columns.rawPrediction, name);
    return this;
  }

  /** Column that models write the name of the class to; empty for none. */
  public BlockwiseClassifier setPredictedLabelCol(String name) {
    set(columns.predictedLabel, name);
    return this;
  }

  /** Whether to show on standard output how far a training is. */
  public BlockwiseClassifier setProgress(boolean shown) {
    set(progress, shown);
    return this;
  }

  /**
   * Trains.
   *
   * @throws UserException for what has to be changed: parameters, columns, rows or the session
   * @throws io.blockwise.job.RunFailedException if training cannot go on
   */
  @Override
  public BlockwiseModel fit(Dataset<?> frame) {
    transformSchema(frame.schema());
    boolean shown = (boolean) getOrDefault(progress);
    BlockwiseModel model = new Fit(uid, columns, settings.sets(paramMap()), shown).of(frame);
    return copyValues(model, ParamMap.empty()).setParent(this);
  }

  @Override
  public BlockwiseClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /**
   * The columns of what a model answers.
   *
   * @throws UserException if a column is not there or of no use
   */
  @Override
  public StructType transformSchema(StructType frame) {
    columns.type(frame, columns.label);
    LabelledRows.requireWeights(columns, frame);
    return columns.answered(frame);
  }
}
