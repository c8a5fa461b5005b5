/**
 * What trains: {@link io.blockwise.job.worker.Worker} is a replica of the network and its loop,
 * {@link io.blockwise.job.worker.Workers} is how the driver sees all of them.
 *
 * <p>{@link io.blockwise.job.worker.LocalWorkers} are threads of this process; those of executors
 * are in {@code job.cluster}.
 */
package io.blockwise.job.worker;
