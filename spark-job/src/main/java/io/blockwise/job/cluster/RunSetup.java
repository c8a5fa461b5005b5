package io.blockwise.job.cluster;

import io.blockwise.job.config.DeviceName;
import io.blockwise.job.worker.WorkerPlan;
import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What executors have to know of a run, sent to each of them once. Immutable.
 *
 * @param dataset directory of the data set
 * @param fingerprint of its manifest
 * @param memory bytes that a process may use for rows
 * @param threads of a worker's numerical library
 * @param idleTimeout time without a lease after which a worker's replica is closed
 */
record RunSetup(
    String run,
    WorkerPlan plan,
    DeviceName device,
    String dataset,
    String fingerprint,
    long memory,
    int threads,
    Duration idleTimeout,
    SerializableConfiguration hadoop)
    implements Serializable {}
