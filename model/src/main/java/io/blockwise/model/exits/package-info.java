/**
 * When a row leaves a network: rules that decide on a block's answer ({@link
 * io.blockwise.model.exits.ExitRule}), and what they see of it ({@link
 * io.blockwise.model.exits.Said}). And what is counted of exits ({@link
 * io.blockwise.model.exits.Tally}): the temperatures that make their probabilities honest ({@link
 * io.blockwise.model.exits.TemperatureFit}), how far their confidence can be relied on ({@link
 * io.blockwise.model.exits.ExitReliability}), and what leaving by it does to rows ({@link
 * io.blockwise.model.exits.ExitSweep}).
 */
package io.blockwise.model.exits;
