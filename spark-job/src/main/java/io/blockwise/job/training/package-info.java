/**
 * The main path: {@link io.blockwise.job.training.Training} drives, {@link
 * io.blockwise.job.training.Worker} trains.
 *
 * <pre>
 *   Training (driver)                      Worker (one thread each)
 *   for each epoch:
 *     deal shards ------- lease --------&gt;  for each batch of the lease:
 *                                            network.step        blocks train, each on its own
 *                                            replica.afterStep   push and adopt, per block
 *     gather  &lt;---------- report --------  flush
 *     evaluate a snapshot of all ledgers, keep the best
 *   read test once, publish
 * </pre>
 */
package io.blockwise.job.training;
