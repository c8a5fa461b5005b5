package io.blockwise.job.training.dealing;

import io.blockwise.job.checkpoint.SaveOrder;
import io.blockwise.job.worker.LeaseEnd;
import java.util.Set;
import java.util.function.Supplier;

/** Hears of the borders between leases, where a run can be kept. Used by the driver's thread. */
public interface LeaseBorders {
  /** Keeps nothing. */
  LeaseBorders NONE =
      new LeaseBorders() {
        @Override
        public SaveOrder order(int worker) {
          return SaveOrder.NONE;
        }

        @Override
        public void ended(LeaseEnd end) {}

        @Override
        public void reached(Set<Integer> running, Supplier<EpochSoFar> epoch) {}
      };

  /** What a worker shall write at the end of the lease that is about to begin. */
  SaveOrder order(int worker);

  /** A lease has ended. */
  void ended(LeaseEnd end);

  /**
   * Leases have ended, and none has begun since.
   *
   * @param running workers, from 0, that have one
   * @param epoch is asked for only if it is to be kept
   */
  void reached(Set<Integer> running, Supplier<EpochSoFar> epoch);
}
