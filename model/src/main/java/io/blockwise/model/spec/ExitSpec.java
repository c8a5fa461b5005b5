package io.blockwise.model.spec;

/**
 * A linear layer that turns a block's output into class scores. Immutable.
 *
 * @param features what it reads
 */
public record ExitSpec(Features features) {}
