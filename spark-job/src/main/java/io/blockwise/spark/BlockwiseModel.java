package io.blockwise.spark;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.job.prediction.bulk.AnswerTask;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A published model that answers DataFrames, streaming ones included. It adds columns of the
 * class's number, of the probabilities and their logarithms, and of the class's name.
 *
 * <p>Classes that are numbers are answered by their number, and stand in the vectors in numerical
 * order, as Spark ML's labels from 0 do; others by their position in {@link #labels}. Rows of a
 * partition may change their order.
 *
 * <p>Written, it is what {@code bin/blockwise predict} reads, below {@code model} beside Spark ML's
 * own file of parameters. Executors read it from where it lies: a place that all of them see.
 * Immutable but for its parameters.
 */
public final class BlockwiseModel extends Model<BlockwiseModel> implements MLWritable {
  private static final long serialVersionUID = 1;
  private static final int BATCH_SIZE = 64;

  private final String uid;
  private final ModelPlace place;
  private final List<String> labels;
  private final int blocks;
  private final ExitRule ownRule;
  private final transient Columns columns;
  private final transient Param<String> exit;
  private final transient Param<String> engine;
  private final transient IntParam batchSize;
  private final Precision precision;

  BlockwiseModel(String uid, ModelPlace place, EngineChoice choice) {
    this(uid, place, read(place), choice);
  }

  private BlockwiseModel(String uid, ModelPlace place, ModelVersion version, EngineChoice choice) {
    this(
        uid,
        place,
        version.description().classes(),
        version.blocks().size(),
        version.description().exits().rule(version.blocks().size()),
        choice.precision());
    set(engine, choice.name().text());
  }

  private BlockwiseModel(
      String uid,
      ModelPlace place,
      List<String> labels,
      int blocks,
      ExitRule ownRule,
      Precision precision) {
    this.uid = uid;
    this.place = place;
    this.labels = List.copyOf(labels);
    this.blocks = blocks;
    this.ownRule = ownRule;
    this.precision = precision;
    columns = new Columns(this);
    exit =
        new Param<>(
            this,
            "exit",
            "block that answers: " + ExitRule.FORMS + "; empty: as the model was calibrated");
    engine = new Param<>(this, "engine", "numerical library: auto, torch or dl4j");
    batchSize =
        new IntParam(this, "batchSize", "rows that are computed together", ParamValidators.gtEq(1));
    setDefault(columns.features, "features");
    setDefault(columns.label, "label");
    setDefault(columns.prediction, "prediction");
    setDefault(columns.probability, "probability");
    setDefault(columns.rawPrediction, "rawPrediction");
    setDefault(columns.predictedLabel, "predictedLabel");
    setDefault(exit, "");
    setDefault(engine, EngineName.AUTO.text());
    setDefault(batchSize, BATCH_SIZE);
  }

  private static ModelVersion read(ModelPlace place) {
    try {
      return place.read(HadoopSettings.current());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one that was written. */
  public static MLReader<BlockwiseModel> read() {
    return new ModelReader();
  }

  /**
   * Reads one that was written to a path.
   *
   * @throws UserException if there is none, or it is damaged
   */
  public static BlockwiseModel load(String path) {
    return read().load(path);
  }

  /**
   * The model that {@code bin/blockwise train} has published.
   *
   * @param path {@code models/NAME}, or one of its {@code versions}
   * @throws UserException if there is none, or it is damaged
   */
  public static BlockwiseModel published(String path) {
    try {
      ModelPlace place = ModelPlace.of(HadoopSettings.current(), path);
      EngineChoice choice = new EngineChoice(EngineName.AUTO, Precision.FLOAT32);
      return new BlockwiseModel(Identifiable$.MODULE$.randomUID("blockwise"), place, choice);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Param<?>[] params() {
    return new Param<?>[] {
      columns.features,
      columns.label,
      columns.prediction,
      columns.probability,
      columns.rawPrediction,
      columns.predictedLabel,
      exit,
      engine,
      batchSize
    };
  }

  /** Names of the classes. */
  public List<String> labels() {
    return labels;
  }

  /** Blocks, each of which can answer. */
  public int blocks() {
    return blocks;
  }

  /** Directory {@code models/NAME} and version, as {@code bin/blockwise} names them. */
  public ModelPlace place() {
    return place;
  }

  /**
   * Says which block answers.
   *
   * @param rule {@code full}, a block's number, {@code confidence=0.9} and the like, as {@code
   *     bin/blockwise predict --exit} takes it
   * @throws io.blockwise.base.InvalidValueException if it says something else
   */
  public BlockwiseModel setExit(String rule) {
    var unused = ExitRule.parse("exit", rule, blocks);
    set(exit, rule);
    return this;
  }

  /** Numerical library. */
  public BlockwiseModel setEngine(String name) {
    set(engine, EngineName.parse(name).text());
    return this;
  }

  /** Rows that are computed together, at least 1. */
  public BlockwiseModel setBatchSize(int rows) {
    set(batchSize, rows);
    return this;
  }

  /** Column of what is classified. */
  public BlockwiseModel setFeaturesCol(String name) {
    set(columns.features, name);
    return this;
  }

  /** Column for the class. */
  public BlockwiseModel setPredictionCol(String name) {
    set(columns.prediction, name);
    return this;
  }

  /** Column for the probabilities; empty for none. */
  public BlockwiseModel setProbabilityCol(String name) {
    set(columns.probability, name);
    return this;
  }

  /** Column for the logarithms of the probabilities; empty for none. */
  public BlockwiseModel setRawPredictionCol(String name) {
    set(columns.rawPrediction, name);
    return this;
  }

  /** Column for the name of the class; empty for none. */
  public BlockwiseModel setPredictedLabelCol(String name) {
    set(columns.predictedLabel, name);
    return this;
  }

  /**
   * Answers rows, when they are asked for.
   *
   * @throws UserException if a column is not there or of no use
   */
  @Override
  public Dataset<Row> transform(Dataset<?> frame) {
    StructType answered = columns.answered(frame.schema());
    String rule = getOrDefault(exit);
    EngineChoice choice = new EngineChoice(EngineName.parse(getOrDefault(engine)), precision);
    AnswerTask task =
        new AnswerTask(
            place,
            choice,
            rule.isEmpty() ? ownRule : ExitRule.parse("exit", rule, blocks),
            (int) getOrDefault(batchSize),
            new AnswerForm(labels, columns));
    FrameAnswers answers = FrameAnswers.of(columns, frame.schema(), task);
    return answers.asked(frame.toDF()).mapPartitions(answers, Encoders.row(answered));
  }

  @Override
  public StructType transformSchema(StructType frame) {
    return columns.answered(frame);
  }

  @Override
  public BlockwiseModel copy(ParamMap extra) {
    BlockwiseModel copy = new BlockwiseModel(uid, place, labels, blocks, ownRule, precision);
    return copyValues(copy, extra).setParent(parent());
  }

  /** Writes it, as a whole: it can be read where the first one is gone. */
  @Override
  public MLWriter write() {
    return new ModelWriter(this);
  }
}
