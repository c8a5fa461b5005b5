/**
 * From raw rows to shards, as Spark work; {@link io.blockwise.data.shard.Sharding} is the way in,
 * {@link io.blockwise.data.shard.DealtRows} the way on.
 *
 * <pre>
 *   plan:  rows -> keys (label, hash(seed, row id)) -> counts by upper bits -> keys at a few ranks = cuts   (small)
 *   noise: keys of train -> sort by another hash -> the first so many are labelled anew
 *   deal:  rows -> shard found between the cuts -> shuffle, sorted by key
 *   learn: shards of train -> what only train tells
 *   write: one task per shard
 * </pre>
 *
 * <p>Rows are ordered by (hash, file, index), a total order of the rows themselves, and cut at
 * fixed ranks; so neither slices nor cores nor the order in which tasks end can show in a shard.
 * The driver only ever holds the cuts, one per class and shard.
 */
package io.blockwise.data.shard;
