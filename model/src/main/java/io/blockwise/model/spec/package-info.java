/**
 * What a network is, as pure values: records and sealed interfaces that check themselves.
 *
 * <p>{@link io.blockwise.model.spec.NetworkSpec} is a list of {@link
 * io.blockwise.model.spec.BlockSpec}; a block is layers, a local loss, an exit and an optimiser.
 * {@link io.blockwise.model.spec.SpecJson} writes and reads them. Nothing here computes, or knows
 * that {@code spec.assembly} puts networks together by name and {@code spec.cut} cuts them.
 */
package io.blockwise.model.spec;
