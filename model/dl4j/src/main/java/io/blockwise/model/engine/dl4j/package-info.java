/**
 * The DL4J engine: blocks on ND4J's native operations (libnd4j with oneDNN).
 *
 * <p>Maps lie as NHWC, because that is the layout in which libnd4j hands tensors to oneDNN without
 * reordering them (docs/adr/0003-dl4j-engine-on-native-operations.md); the canonical NCHW exists
 * only at the border. Every array is allocated once, in {@link
 * io.blockwise.model.engine.dl4j.Memory}, and every native operation keeps its context, so a step
 * allocates nothing outside the Java heap.
 *
 * <pre>
 *   Dl4jBlock.train:  layers.forward -> local loss (head, exit) -> layers.backward -> optimiser
 *                         |  activations stay in the layers          |
 *                         '-> copy of the output = signal for the next block (before the update)
 * </pre>
 *
 * <p>Layers and losses beyond those of convolutional nets are no longer written by hand, but as a
 * {@link io.blockwise.model.engine.dl4j.Graph} of SameDiff's operations
 * (docs/adr/0012-samediff-in-the-dl4j-engine.md).
 */
package io.blockwise.model.engine.dl4j;
