package io.blockwise.job.prediction.bulk;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.job.prediction.ServedModel;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The command {@code predict}. Used by one thread. */
public final class BulkPrediction {
  private BulkPrediction() {}

  /**
   * Answers the input and writes the answers.
   *
   * @throws UserException if there is no model or it was altered, the input is not what it reads,
   *     or the output is there already
   * @throws io.blockwise.job.RunFailedException if a weight of the model is no number
   */
  public static void run(PredictOptions options) throws Exception {
    Configuration hadoop = HadoopSettings.current();
    ModelPlace place = ModelPlace.of(hadoop, options.model());
    ModelVersion version = place.read(hadoop);
    PublishedModel.requireNumbers("answer with", version);
    ExitRule rule = rule(options, version);
    EngineSelection.expected(options.engine(), Optional.of(version.description().network()));
    requireAbsent(options, hadoop);
    SparkSession spark = SparkSession.builder().appName("blockwise predict").getOrCreate();
    try {
      Questions questions = Questions.of(spark, hadoop, options, version);
      remark(questions, version).ifPresent(System.out::println);
      StructType schema = Answers.schema(questions.kept());
      AnswerTask task =
          new AnswerTask(place, options.engine(), rule, options.batchSize(), Answers::row);
      JavaRDD<Row> answers = questions.examples().mapPartitions(task::answers);
      write(spark.createDataFrame(answers, schema), options, hadoop);
      print(System.out, Answers.read(spark, options), version, options);
    } finally {
      ServedModel.closeIdle();
    }
  }

  /** Which blocks answer nobody, if the input lacks what they read. */
  private static Optional<String> remark(Questions questions, ModelVersion version) {
    NetworkSpec network = version.description().network();
    Set<String> there = new HashSet<>(network.sides().keySet());
    there.removeAll(questions.missing().keySet());
    int reach = network.reach(there);
    if (reach == network.blocks().size()) {
      return Optional.empty();
    }
    return Optional.of(
        "The input has no "
            + String.join(", no ", questions.missing().values())
            + ", which block "
            + (reach + 1)
            + " reads: blocks up to "
            + reach
            + " answer.");
  }

  private static ExitRule rule(PredictOptions options, ModelVersion version) {
    int blocks = version.blocks().size();
    if (options.exit().isEmpty()) {
      return version.description().exits().rule(blocks);
    }
    try {
      return ExitRule.parse("--exit", options.exit().get(), blocks);
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private static void requireAbsent(PredictOptions options, Configuration hadoop)
      throws IOException {
    Path output = new Path(options.output());
    if (output.getFileSystem(hadoop).exists(output)) {
      throw UserException.cannot(
          "write answers to " + options.output(),
          "it is there already",
          "name another directory, or delete it");
    }
  }

  /** All answers or none: a directory that is half full looks like one that is whole. */
  private static void write(Dataset<Row> answers, PredictOptions options, Configuration hadoop)
      throws Exception {
    try {
      Answers.write(answers, options);
    } catch (Exception e) { // Spark's are checked, and not declared
      Path output = new Path(options.output());
      output.getFileSystem(hadoop).delete(output, true);
      throw e;
    }
  }

  private static void print(
      PrintStream out, Dataset<Row> written, ModelVersion version, PredictOptions options) {
    long[] leaving = new long[version.blocks().size()];
    for (Row row : written.groupBy(Answers.EXIT).count().collectAsList()) {
      leaving[Integer.parseInt(row.get(0).toString()) - 1] = row.getLong(1);
    }
    long rows = Arrays.stream(leaving).sum();
    out.printf(
        Locale.ROOT,
        "Model %s, version %s: %,d answers in %s%n",
        version.description().name(),
        version.id(),
        rows,
        options.output());
    for (int k = 0; k < leaving.length; k++) {
      if (leaving[k] > 0) {
        out.printf(
            Locale.ROOT,
            "  block %d answered %,d (%.1f %%)%n",
            k + 1,
            leaving[k],
            100.0 * leaving[k] / rows);
      }
    }
    if (options.exit().isEmpty()) {
      ExitDrift.remark(version.description().exits(), leaving).ifPresent(out::println);
    }
    if (List.of(written.columns()).contains("label")) {
      long right = written.filter("label = " + Answers.PREDICTION).count();
      out.printf(Locale.ROOT, "  %.2f %% are the column label%n", 100.0 * right / rows);
    }
    out.flush();
  }
}
