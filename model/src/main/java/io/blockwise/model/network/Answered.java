package io.blockwise.model.network;

import io.blockwise.model.exits.Said;

/**
 * The answer that a row got. Immutable.
 *
 * @param row as the caller numbered it
 * @param block that answered, from 1
 * @param said by that block's exit
 */
public record Answered(long row, int block, Said said) {}
