/**
 * The driver's side of averaging: {@link io.blockwise.model.averaging.ledger.BlockLedger} holds the
 * average of one block. It decides which pushes count, by the workers that its {@code Roster}
 * knows; a {@code FoldRule} makes a new state of them, {@code AverageRule} by <em>g &lt;- g + w
 * d</em>, where {@code NormGain} may lengthen the step, or {@code DelayedMomentum} follow it.
 */
package io.blockwise.model.averaging.ledger;
