package io.blockwise.spark;

import io.blockwise.job.RunFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What somebody does in a notebook: a session of one's own, and several trainings in it. The
 * argument is where models go.
 */
public final class SessionProgram {
  private SessionProgram() {}

  public static void main(String[] arguments) throws Exception {
    SparkSession spark = SparkSession.builder().getOrCreate();
    try {
      run(spark, arguments[0]);
    } catch (io.blockwise.base.UserException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    System.exit(0);
  }

  private static void run(SparkSession spark, String output) throws Exception {
    Dataset<Row> rows = rows(spark).cache();
    say("first", classifier(output).fit(rows).transform(rows));
    Leftovers before = Leftovers.settled(spark);
    try {
      classifier(output).with("training.learning-rate", 1e30).fit(rows);
    } catch (RunFailedException e) {
      System.out.println("failed: " + e.getMessage());
    }
    cancel(spark, classifier(output).with("training.epochs", 100_000), rows);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<BlockwiseModel>> both = new ArrayList<>();
    for (int seed = 1; seed <= 2; seed++) {
      int own = seed;
      both.add(threads.submit(() -> classifier(output).with("seed", own).fit(rows)));
    }
    for (Future<BlockwiseModel> one : both) {
      say("at once", one.get().transform(rows));
    }
    threads.shutdown();
    Leftovers after = Leftovers.settled(spark);
    System.out.println("before: " + before + "\nafter: " + after);
    System.out.println("no more than before: " + after.isNoMoreThan(before));
  }

  /** As a notebook's button does. */
  private static void cancel(SparkSession spark, BlockwiseClassifier endless, Dataset<Row> rows)
      throws Exception {
    SparkContext context = spark.sparkContext();
    FutureTask<String> fit =
        new FutureTask<>(
            () -> {
              context.setJobGroup("mine", "a cell", true);
              try {
                endless.fit(rows);
                return "not at all";
              } catch (RunFailedException e) {
                return e.getMessage() + "; group " + context.getLocalProperty("spark.jobGroup.id");
              }
            });
    new Thread(fit, "cell").start();
    while (!isTraining(context) && !fit.isDone()) {
      Thread.sleep(50);
    }
    Thread.sleep(2000);
    System.out.println("at work: " + Leftovers.now(spark));
    while (!fit.isDone()) { // between two leases there is no job to cancel
      context.cancelJobGroup("mine");
      Thread.sleep(200);
    }
    System.out.println("cancelled: " + fit.get());
  }

  /** Past what is done before the first lease. */
  private static boolean isTraining(SparkContext context) {
    return context.statusTracker().getJobIdsForGroup("mine").length > 2
        && context.statusTracker().getActiveJobIds().length > 0;
  }

  private static BlockwiseClassifier classifier(String output) {
    return new BlockwiseClassifier()
        .setFeaturesCol("said")
        .setProgress(false)
        .with("output", output)
        .with("engine", "torch")
        .with("backbone", "text-linear")
        .with("method", "pred")
        .with("threads", 1)
        .with("text-linear.embedding.width", 8)
        .with("text-linear.hidden", List.of(8))
        .with("training.batch-size", 16)
        .with("training.epochs", 3)
        .with("training.learning-rate", 0.05);
  }

  private static Dataset<Row> rows(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      String other = "row " + i + " of " + i % 7;
      rows.add(RowFactory.create((i % 2 == 0 ? "warm " : "cold ") + other, i % 2));
    }
    return spark.createDataFrame(
        rows,
        new StructType().add("said", DataTypes.StringType).add("label", DataTypes.IntegerType));
  }

  private static void say(String what, Dataset<Row> answered) {
    System.out.println(what + " right: " + answered.where("prediction = label").count());
  }
}
