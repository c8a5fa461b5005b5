package io.blockwise.model.averaging;

/** The workers that have a lease now. */
interface LiveWorkers {
  /** How many. */
  int count();

  /** Whether this one has a lease. */
  boolean contains(int worker);
}
