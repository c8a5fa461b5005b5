/**
 * When a row leaves a network: rules that decide on a block's answer ({@link
 * io.blockwise.model.exits.ExitRule}), what they take from it ({@link
 * io.blockwise.model.exits.Said}), and what rows that are held out say of both ({@link
 * io.blockwise.model.exits.TemperatureFit}, {@link io.blockwise.model.exits.ExitSweep}).
 */
package io.blockwise.model.exits;
