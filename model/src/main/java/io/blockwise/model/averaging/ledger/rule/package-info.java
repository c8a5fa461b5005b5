/**
 * How pushes that count become a new state of a block: a {@link
 * io.blockwise.model.averaging.ledger.rule.FoldRule} folds them, {@code AverageRule} each at once
 * by <em>g &lt;- g + w d</em>, where {@code NormGain} may lengthen the step or {@code
 * DelayedMomentum} follow it, {@code QuorumRule} in rounds, {@code ElasticRule} by a part of the
 * distance. It knows no lease: which pushes count is the ledger's business, and of workers it sees
 * {@link io.blockwise.model.averaging.ledger.rule.Members} alone.
 */
package io.blockwise.model.averaging.ledger.rule;
