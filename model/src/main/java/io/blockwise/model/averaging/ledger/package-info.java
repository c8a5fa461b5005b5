/**
 * The driver's side of averaging: {@link io.blockwise.model.averaging.ledger.BlockLedger} holds the
 * average of one block, and the leases under which workers push. {@code Verdicts} decide which
 * pushes count, by what its {@code Roster} knows of the workers, and a {@link
 * io.blockwise.model.averaging.ledger.rule.FoldRule} makes a new state of them.
 */
package io.blockwise.model.averaging.ledger;
