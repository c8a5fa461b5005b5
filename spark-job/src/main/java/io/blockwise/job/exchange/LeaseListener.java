package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.network.NetworkFigures;

/**
 * Learns on the driver who is alive. Called on the one thread that serves all executors, so it must
 * return at once: note and leave. Thread-safe.
 */
public interface LeaseListener {
  /** An attempt has opened its lease, and replaces older ones of the same worker. */
  void opened(LeaseAttempt attempt);

  /**
   * A worker's newest attempt has got on with the exchange: opened a block, brought a piece of a
   * push or taken one of a value.
   */
  void heard(LeaseAttempt attempt);

  /**
   * A worker's newest attempt tells how much it has got done. It may not have opened its lease yet,
   * and may be stuck: then the count is the same as the last time.
   *
   * @param done what the worker has counted
   */
  void advanced(LeaseAttempt attempt, long done);

  /** A worker's newest attempt tells how its training goes. */
  void figures(LeaseAttempt attempt, NetworkFigures figures);

  /**
   * The task of the run's evaluation with this number tells how much it has got done.
   *
   * @param done what its worker has counted
   */
  void evaluates(long number, long done);
}
