/**
 * Rows to batches, ahead of the thread that trains: {@link io.blockwise.job.feed.Feed}.
 *
 * <pre>
 *   ImageRows --(order)--> ImageBatches --(augment, normalise)--> Feed --take--> trainer
 *   uint8, of one shard    which rows, where                       ^                |
 *                                                                  '---- release ---'
 * </pre>
 *
 * <p>{@link io.blockwise.job.feed.StreamedBatches} takes the place of {@code ImageBatches} where
 * the rows do not fit into memory together: it reads them window by window, one window ahead.
 *
 * <p>A {@link io.blockwise.job.feed.BatchSource} says what batch number n holds; the feed fills
 * reused batches on its own threads and hands them out in order. What a batch holds depends on the
 * seed, the epoch and the rows, never on threads or time.
 */
package io.blockwise.job.feed;
