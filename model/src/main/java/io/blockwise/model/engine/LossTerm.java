package io.blockwise.model.engine;

/**
 * One summand of a local loss, as a mean per row in nats. Immutable.
 *
 * @param name for example {@code contrastive} or {@code cross-entropy}
 */
public record LossTerm(String name, double value) {}
