/**
 * Raw files to data sets: source, transform, shard. The data set (Parquet shards and a manifest) is
 * the only link between this half of Blockwise and training.
 */
package io.blockwise.data;
