/**
 * The driver's side of averaging: {@link io.blockwise.model.averaging.ledger.BlockLedger} holds the
 * average of one block. It decides which pushes count, by the workers that its {@code Roster}
 * knows, and a {@link io.blockwise.model.averaging.ledger.rule.FoldRule} makes a new state of them.
 */
package io.blockwise.model.averaging.ledger;
