/**
 * Rows to batches, ahead of the thread that trains: {@link io.blockwise.job.feed.Feed}.
 *
 * <pre>
 *   Windows --(order)--> WindowedBatches --(augment, normalise)--> Feed --take--> trainer
 *   rows of shards       which rows, where                          ^                |
 *                                                                   '---- release ---'
 * </pre>
 *
 * <p>Rows that fit into memory together are one window. Others are read window by window, one
 * window ahead.
 *
 * <p>A {@link io.blockwise.job.feed.BatchSource} says what batch number n holds; the feed fills
 * reused batches on its own threads and hands them out in order. What a batch holds depends on the
 * seed, the epoch and the rows, never on threads or time.
 */
package io.blockwise.job.feed;
