package io.blockwise.job.exchange;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.network.NetworkFigures;

/**
 * Learns on the driver which workers get on with their work. Called on the one thread that serves
 * all executors, so it must return at once. Thread-safe.
 */
public interface LeaseListener {
  /**
   * A worker's newest attempt has got on with the exchange: it has opened a lease or a block of it,
   * or has sent a piece of a push or read one of a value.
   */
  void exchangeAdvanced(LeaseAttempt attempt);

  /**
   * A worker's newest attempt says how much work it has done. It may not have opened its lease yet,
   * and may hang: then the count is the same as the last time.
   *
   * @param done what the worker has counted, over all its leases
   */
  void workCounted(LeaseAttempt attempt, long done);

  /** A worker's newest attempt says how its training goes. */
  void figuresReported(LeaseAttempt attempt, NetworkFigures figures);

  /**
   * The task of the run's evaluation with this number says how much work it has done.
   *
   * @param done what its worker has counted
   */
  void evaluationCounted(long number, long done);
}
