package io.blockwise.model.features;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

/**
 * RATT, "randomly assign, train and track" (Garg et al. 2021; methods 2j): errors of a model on the
 * rows that it was trained on, where some of them had been given a label drawn from all classes.
 * Who gets these wrong and the others right has not learned labels by heart. Immutable.
 *
 * @param own error on rows with their own labels, from 0 to 1
 * @param random error on rows with random labels, against these, from 0 to 1
 * @param classes at least 2
 */
public record Ratt(double own, double random, int classes) {
  public Ratt {
    requireWithin("own", own, 0, 1);
    requireWithin("random", random, 0, 1);
    requireAtLeast("classes", classes, 2);
  }

  /**
   * The error on other rows that both let expect: {@code own + (C - 1) (1 - C / (C - 1) random)}.
   * The paper's bound has one more term, which falls with the root of the number of random rows;
   * without it this is no bound, and may be below 0 or above 1.
   */
  public double expected() {
    return own + (classes - 1) - classes * random;
  }
}
