/**
 * The main path: {@link io.blockwise.job.training.Training} drives, {@link
 * io.blockwise.job.worker.Worker} trains.
 *
 * <pre>
 *   Training (driver)                      Worker (one thread each)
 *   for each epoch:
 *     deal shards ------- lease --------&gt;  for each batch of the lease:
 *                                            row.step: every BlockTrainer in turn
 *                                              block.train, push and adopt, pass the signal on
 *     gather  &lt;---------- report --------  row.finish
 *     evaluate a snapshot of all ledgers, keep the best
 *   read test once, publish
 * </pre>
 */
package io.blockwise.job.training;
