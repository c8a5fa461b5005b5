package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requireWithin;

import java.io.Serializable;
import java.util.List;

/**
 * What a classifier reads in place of the block's output x, where it is told how the next block is
 * doing (MAN, Su and others 2024; methods 2k): {@code s local(x) + (2 - s) slow(x)}. {@code local}
 * is a copy of the next block's first layers with weights of its own, {@code slow} one whose
 * weights follow that block's without gradients, {@code w <- rate w + (1 - rate) w_next} after
 * every step, and {@code s} a trained scalar that starts at 1. In answers {@code slow} is the next
 * block's first layers themselves, weights and running statistics. Immutable.
 *
 * @param layers the next block's first ones; none for a classifier that reads the block's output
 * @param rate in [0, 1); of no use without layers
 */
public record Momentum(List<LayerSpec> layers, double rate) implements Serializable {
  /** Of a classifier that reads the block's output. */
  public static final Momentum NONE = new Momentum(List.of(), 0);

  /** What its tensors' names begin with, and the module with weights of its own. */
  public static final String LOCAL = "momentum.local";

  /** The module whose weights follow those of the next block. */
  public static final String SLOW = "momentum.slow";

  /** The share {@code s} of the local copy. */
  public static final String SCALE = "momentum.scale";

  public Momentum {
    layers = List.copyOf(layers);
    requireWithin("exit.momentum", rate, 0, Math.nextDown(1.0));
  }

  /** Whether there is one. */
  public boolean exists() {
    return !layers.isEmpty();
  }
}
