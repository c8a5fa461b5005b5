package io.blockwise.model.engine;

/**
 * One figure of a local loss, as a mean per row: a summand of the objective, in nats, or what is
 * only looked at. Immutable.
 *
 * @param name for example {@code contrastive} or {@code cross-entropy}
 * @param inObjective whether the block is trained by it
 */
public record LossTerm(String name, double value, boolean inObjective) {
  /** A summand of the objective. */
  public LossTerm(String name, double value) {
    this(name, value, true);
  }
}
