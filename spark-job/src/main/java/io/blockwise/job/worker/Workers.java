package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.exits.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The workers of a run as its driver sees them: it hands out leases, at most one to a worker at a
 * time, and collects how they ended. Used by the driver's thread.
 */
public interface Workers extends AutoCloseable {
  /**
   * Waits until enough workers have a place to train at.
   *
   * @throws io.blockwise.job.RunFailedException if that takes too long
   */
  void awaitStart() throws InterruptedException;

  /** Workers that can train at once now; it may change at any time. */
  int available();

  /** Shards that need not be read again if this worker gets them. */
  Set<Shard> cached(int worker);

  /** Starts a lease and returns. */
  void start(Lease lease);

  /**
   * Waits for leases to end, at most as long as stated.
   *
   * @return those that ended since the last call; may be empty
   * @throws io.blockwise.base.UserException or another exception that ends the run
   */
  List<LeaseEnd> poll(Duration atMost) throws InterruptedException;

  /**
   * Counts what the blocks of a snapshot answer, shared out over the workers. No lease is running.
   *
   * @param lost hears why a part of the rows has to be measured again
   */
  <T extends Tally<T>> T evaluate(
      List<BlockState> snapshot, Census<T> census, Consumer<String> lost)
      throws InterruptedException;

  /** What the exchange has carried so far. */
  default WireSize traffic() {
    return WireSize.NONE;
  }

  /**
   * Shows figures of the run where its system shows such, if it does, until this is closed.
   *
   * @param byName are asked by any thread
   */
  default void show(Map<String, Supplier<? extends Number>> byName) {}

  /** Stops what is running and lets go of every replica. */
  @Override
  void close();
}
