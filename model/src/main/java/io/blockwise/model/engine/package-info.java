/**
 * The seam between Blockwise and a numerical library: {@link io.blockwise.model.engine.Engine}
 * turns a specification into a {@link io.blockwise.model.engine.Block}; {@link
 * io.blockwise.model.engine.Signal} is what flows from block to block.
 *
 * <pre>
 *   batch -> signal -> block 1 -> signal -> block 2 -> ... -> block K
 *                        |                    |
 *                   local loss, backward,  local loss, ...      (gradients stay inside a block)
 *                   optimiser step
 * </pre>
 *
 * <p>No type of a numerical library appears in it. What goes in and out is {@code float[]} and
 * {@code int[]}; tensors stay behind {@code Signal}.
 */
package io.blockwise.model.engine;
