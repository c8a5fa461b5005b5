/**
 * The executor's side of a cluster: {@link io.blockwise.job.cluster.executor.ExecutorTasks} are
 * what Spark tasks do there. {@code ExecutorReplicas} keeps the workers' replicas and their threads
 * from one lease to the next, {@code ExecutorRows} the rows of the data set.
 */
package io.blockwise.job.cluster.executor;
