/**
 * Blockwise in Spark ML: {@link io.blockwise.spark.BlockwiseClassifier} trains on the executors of
 * the session that it is called in, and {@link io.blockwise.spark.BlockwiseModel} answers
 * DataFrames. Both go into pipelines and searches. What they do is what {@code bin/blockwise train}
 * and {@code predict} do, by the same keys.
 */
package io.blockwise.spark;
