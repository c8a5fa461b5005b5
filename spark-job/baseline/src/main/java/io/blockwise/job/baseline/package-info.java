/**
 * The stock baseline: DL4J's own parameter averaging on Spark, on the same data, network and budget
 * as a run of Blockwise.
 *
 * <p>Nothing outside knows this package, and no other run loads it: its libraries are on the class
 * path only when {@code training.baseline} asks for it. {@link
 * io.blockwise.job.baseline.StockTraining} is the way in.
 */
package io.blockwise.job.baseline;
