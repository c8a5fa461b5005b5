/**
 * A network of blocks that train on their own. {@link io.blockwise.model.network.DecoupledNetwork}
 * owns the blocks, a {@link io.blockwise.model.network.BlockTrainer} trains one of them, and a
 * {@link io.blockwise.model.network.BlockRow} of trainers passes each batch from block to block, on
 * one thread or on one for each block.
 *
 * <pre>
 *   batch ==> block 1 ==> block 2 ==> ... ==> block K      activations go forward, detached
 *              |  ^        |  ^               |  ^
 *              loss 1      loss 2             loss K       gradients turn round inside a block
 * </pre>
 */
package io.blockwise.model.network;
