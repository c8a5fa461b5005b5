package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;

/**
 * Learns on the driver who is alive. Called on the one thread that serves all executors, so it must
 * return at once: note and leave. Thread-safe.
 */
public interface LeaseListener {
  /** An attempt has opened its lease, and replaces older ones of the same worker. */
  void opened(LeaseAttempt attempt);

  /** A worker's newest attempt has sent something, whatever it was. */
  void heard(LeaseAttempt attempt);

  /** A worker's newest attempt tells how its training goes. */
  void figures(LeaseAttempt attempt, LeaseFigures figures);

  /** The task of the run's evaluation with this number is alive. */
  void evaluates(long number);
}
