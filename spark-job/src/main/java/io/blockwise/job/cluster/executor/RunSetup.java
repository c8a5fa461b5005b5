package io.blockwise.job.cluster.executor;

import io.blockwise.job.config.DeviceName;
import io.blockwise.job.worker.WorkerPlan;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What executors have to know of a run, sent to each of them once. Immutable.
 *
 * @param threads of a worker
 * @param idleTimeout time without a lease after which a worker's replica is closed
 * @param rows that it trains on
 * @param hadoop how their files are reached
 */
public record RunSetup(
    String run,
    WorkerPlan plan,
    DeviceName device,
    int threads,
    Duration idleTimeout,
    Rows rows,
    SerializableConfiguration hadoop)
    implements Serializable {
  /** Of the library on each thread of a worker that computes. */
  int libraryThreads() {
    return plan.execution().libraryThreads(threads, plan.network().blocks().size());
  }

  /** Spark's name of the resource that a GPU is. */
  public static final String GPU = "gpu";

  /**
   * The rows of a data set, as an executor keeps them. Immutable.
   *
   * @param directory of the data set
   * @param fingerprint of its manifest
   * @param memory bytes that a process may use for them
   */
  public record Rows(String directory, String fingerprint, long memory) implements Serializable {}
}
