/**
 * What a ledger does with the mean change of several workers: {@link
 * io.blockwise.model.averaging.ledger.outer.OuterStep} adds it, or a step of momentum, or the mean
 * at the length of the changes. Arithmetic on vectors alone; it knows no ledger, worker or lease.
 */
package io.blockwise.model.averaging.ledger.outer;
