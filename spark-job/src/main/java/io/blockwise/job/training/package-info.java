/**
 * The main path: {@link io.blockwise.job.training.Training} drives, {@link
 * io.blockwise.job.worker.Worker} trains.
 *
 * <pre>
 *   Training (driver)                      Worker (one thread each)
 *   for each epoch:
 *     deal shards ------- lease --------&gt;  for each batch of the lease:
 *                                            row.step: all BlockTrainers train, in turn,
 *                                              then all push and adopt
 *     gather  &lt;---------- report --------  row.finish
 *     evaluate a snapshot of all ledgers, keep the best
 *   read test once, publish
 * </pre>
 */
package io.blockwise.job.training;
