package io.blockwise.job.cluster.executor;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.input.DatasetRows;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;

/**
 * The rows that an executor process keeps: of one data set at a time, for all its workers, as long
 * as a run that uses them is open. Thread-safe.
 */
final class ExecutorRows {
  private static final Set<String> USERS = new TreeSet<>();
  private static RunSetup.Rows described;
  private static DatasetRows rows;

  private ExecutorRows() {}

  /**
   * The rows of a run's data set.
   *
   * @throws UserException if the data set is not the one that the driver has opened
   */
  static synchronized DatasetRows of(RunSetup wanted) {
    if (rows == null || !described.equals(wanted.rows())) {
      rows = opened(wanted);
      described = wanted.rows();
      USERS.clear();
    }
    USERS.add(wanted.run());
    return rows;
  }

  /** Runs that use what is kept. */
  static synchronized Set<String> runs() {
    return Set.copyOf(USERS);
  }

  /** A run is over; the rows go with the last one that has used them. */
  static synchronized void release(String run) {
    if (USERS.remove(run) && USERS.isEmpty()) {
      rows = null;
      described = null;
    }
  }

  private static DatasetRows opened(RunSetup wanted) {
    RunSetup.Rows described = wanted.rows();
    Dataset dataset = Dataset.open(wanted.hadoop().value(), new Path(described.directory()));
    if (!dataset.fingerprint().equals(described.fingerprint())) {
      throw new UserException(
          "Cannot read data set "
              + described.directory()
              + " on an executor: its manifest differs from the driver's (put output on storage"
              + " that driver and executors share, such as hdfs: or s3a:)");
    }
    return new DatasetRows(dataset, described.memory(), workersHere(wanted.threads()));
  }

  // Spark does not tell an executor its cores unless they are configured.
  private static int workersHere(int threads) {
    int processors = Runtime.getRuntime().availableProcessors();
    int cores = SparkEnv.get().conf().getInt("spark.executor.cores", processors);
    return Math.max(1, cores / threads);
  }
}
