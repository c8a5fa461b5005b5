package io.blockwise.model.averaging.ledger.rule;

/** The workers that an averaging counts on, as far as rules go by them. */
public interface Members {
  /** How many: the {@code L} of the averaging rules. */
  int count();

  /** Whether this worker is one. */
  boolean contains(int worker);

  /** How often a worker has become one, or ceased to be one, over the whole run. */
  long changes();

  /** How many workers have a lease now, or are about to; only rounds go by these. */
  int leases();
}
