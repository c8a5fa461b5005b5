/**
 * Raw files to data sets. {@link io.blockwise.data.Preparation} is the way in, and {@code dataset}
 * is the only link between this half of Blockwise and training.
 *
 * <pre>
 *   download, shapes -> raw files -> source -> shard (deal) -> learn -> shard (write) -> dataset
 * </pre>
 *
 * <p>Packages below know this one not; {@code progress} knows nothing of data sets.
 */
package io.blockwise.data;
