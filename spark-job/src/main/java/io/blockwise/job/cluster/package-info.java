/**
 * Workers on Spark executors: {@link io.blockwise.job.cluster.ClusterWorkers} is the driver's side,
 * one asynchronous job of a single task per lease and per part of an evaluation, which {@code
 * RunningJobs} watches; the executors' side, which keeps replicas and their threads from one lease
 * to the next, is in {@code executor}.
 *
 * <pre>
 *   driver                                          executor
 *
 *   ClusterWorkers.start(lease)
 *        |  job of one task, prefers the worker's last executor
 *        '---------------------------------------&gt; ExecutorTasks.training
 *                                                     '-&gt; ExecutorReplicas: the cached replica, if its
 *                                                         last lease is the one before; else a new one
 *   ExchangeServer  &lt;------- opening, pushes, figures ------- Worker on its own thread
 *   ClusterWorkers.poll() &lt;------ Outcome ----------------- report
 * </pre>
 *
 * <p>A lease whose task fails, whose executor dies, or that gets nothing done, is cancelled and
 * handed back as lost. Whatever its holder sends later is fenced by the ledgers. Parts of an
 * evaluation that are lost are measured again.
 */
package io.blockwise.job.cluster;
