package io.blockwise.job.baseline;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Spark as the baseline needs it: a task for every worker at the same time. */
final class StockSpark {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 100;

  private StockSpark() {}

  /**
   * Starts Spark, and waits for its executors.
   *
   * @param threads of every worker's numerical library, which executors read from the environment
   * @throws UserException if the master has fewer slots than workers
   * @throws RunFailedException if executors do not come within a minute
   */
  static JavaSparkContext start(int workers, String threads) throws InterruptedException {
    SparkSession session =
        SparkSession.builder()
            .appName("blockwise baseline")
            .config("spark.executorEnv.OMP_NUM_THREADS", threads)
            .config("spark.executorEnv.OPENBLAS_NUM_THREADS", threads)
            .config("spark.executorEnv.OMP_WAIT_POLICY", "passive")
            .getOrCreate();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    try {
      requireSlots(spark, workers);
    } catch (RuntimeException | InterruptedException e) {
      spark.close();
      throw e;
    }
    return spark;
  }

  private static void requireSlots(JavaSparkContext spark, int workers)
      throws InterruptedException {
    int taskCpus = spark.getConf().getInt("spark.task.cpus", 1);
    if (!spark.isLocal()) {
      awaitExecutors(spark, executors(spark.getConf(), workers * taskCpus));
    } else if (spark.defaultParallelism() < workers * taskCpus) {
      throw new UserException(
          "Cannot train with "
              + workers
              + " workers on master "
              + spark.master()
              + ": it has room for "
              + spark.defaultParallelism() / taskCpus
              + " tasks at a time (give --master more cores, or lower workers)");
    }
  }

  private static int executors(SparkConf conf, int cores) {
    int perExecutor = conf.getInt("spark.executor.cores", 1);
    return (cores + perExecutor - 1) / perExecutor;
  }

  private static void awaitExecutors(JavaSparkContext spark, int needed)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int found = found(spark);
    while (found < needed) {
      if (System.nanoTime() > end) {
        throw new RunFailedException(
            "Cannot train: after "
                + PATIENCE.toSeconds()
                + " s there are "
                + found
                + " executors of "
                + needed
                + " (see that the cluster has room for them)");
      }
      Thread.sleep(POLL_MILLIS);
      found = found(spark);
    }
  }

  /** Executors without the driver, which Spark counts as well. */
  private static int found(JavaSparkContext spark) {
    return spark.sc().statusTracker().getExecutorInfos().length - 1;
  }
}
