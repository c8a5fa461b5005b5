/**
 * Cutting a network into blocks of equal cost: {@link io.blockwise.model.spec.cut.Units} are what
 * there is to cut between, {@link io.blockwise.model.spec.cut.Cost} is what a block takes, and
 * {@link io.blockwise.model.spec.cut.BalancedCut} keeps the most expensive block as cheap as can
 * be. Pure values.
 */
package io.blockwise.model.spec.cut;
