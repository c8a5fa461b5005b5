package io.blockwise.model.averaging;

/**
 * The workers that a ledger counts on. A worker is a member from its first lease until it is lost,
 * or until twice as many pushes of others as there are members have been accepted since its last
 * lease ended: leases that end with an epoch and open with the next change nothing.
 */
interface Members {
  /** How many: the {@code L} of the averaging rules. */
  int count();

  /** Whether this worker is one. */
  boolean contains(int worker);

  /** How many of them have a lease now, or are about to; only rounds go by these. */
  int leases();
}
