/**
 * The engine on libtorch, PyTorch's library in C++, through JavaCPP's presets. {@link
 * io.blockwise.model.engine.torch.TorchEngine} is its entrance; nothing else of the project knows
 * the library.
 *
 * <pre>
 *   FlatState.values  [n]  --leaf()--&gt; split into tensors --&gt; layers --&gt; local loss
 *        ^                                                                 |
 *        |  Optimiser, a few operations on whole vectors                   | autograd, as far as
 *        '------------------------- gradient [n] &lt;-------------------------' the leaf and no farther
 * </pre>
 *
 * <p>Parameters are one tensor, cut into views for every step; the gradient of the cut is one
 * vector again, so that the optimiser and averaging see one tensor each. What a block hands on is
 * detached. All tensors of a step live in a JavaCPP scope and are freed at its end, without the
 * garbage collector.
 */
package io.blockwise.model.engine.torch;
