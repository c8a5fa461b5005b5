/**
 * When a row leaves a network: rules that decide on a block's answer ({@link
 * io.blockwise.model.exits.ExitRule}), what they see of it ({@link io.blockwise.model.exits.Said}),
 * and what leaving by confidence does to rows ({@link io.blockwise.model.exits.ExitSweep}).
 */
package io.blockwise.model.exits;
