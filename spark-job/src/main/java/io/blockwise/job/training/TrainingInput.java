package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.cluster.ClusterSession;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What a run starts with. Immutable.
 *
 * @param spark the application whose executors the workers are on; empty on a local master
 * @param dataset complete
 */
public record TrainingInput(Optional<JavaSparkContext> spark, Dataset dataset) {
  /**
   * Starts the application, unless it runs or the master is local, and prepares the data set if it
   * is missing.
   *
   * @throws io.blockwise.base.UserException if either cannot be had
   */
  public static TrainingInput open(Settings settings, Configuration hadoop)
      throws InterruptedException {
    Optional<JavaSparkContext> spark =
        Masters.isLocal(Masters.current())
            ? Optional.empty()
            // before data preparation starts one without the exchange
            : Optional.of(ClusterSession.open(settings));
    if (spark.isPresent() && Datasets.existing(settings, hadoop).isEmpty()) {
      // preparation would wait for ever
      ClusterSession.awaitExecutors(settings, spark.get());
    }
    Dataset dataset = Datasets.openOrPrepare(settings, hadoop);
    Datasets.requireComplete(dataset, hadoop);
    return new TrainingInput(spark, dataset);
  }
}
