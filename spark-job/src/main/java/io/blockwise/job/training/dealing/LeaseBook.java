package io.blockwise.job.training.dealing;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.checkpoint.SaveOrder;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.TrainedBlocks;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the leases of every worker over a run, and counts those in a row that failed. Used by the
 * driver's thread.
 */
public final class LeaseBook {
  private final String run;
  private final int maxFailures;
  private final long[] numbers;
  private final long[] predecessors;
  private final int[] failures;
  private final Map<Integer, SavedReplica> saved = new HashMap<>();
  private final AtomicLong lost = new AtomicLong(); // whoever monitors the run reads it, too

  /**
   * @param maxFailures of one worker in a row that end the run
   */
  public LeaseBook(String run, int workers, int maxFailures) {
    this.run = run;
    this.maxFailures = maxFailures;
    numbers = new long[workers];
    predecessors = new long[workers];
    failures = new int[workers];
    Arrays.fill(predecessors, Lease.NONE);
  }

  /**
   * Goes on from what another one has noted.
   *
   * @param from what workers have written at the end of their last leases, by their numbers from 0
   */
  public void restore(Noted noted, Map<Integer, SavedReplica> from) {
    for (int worker = 0; worker < numbers.length; worker++) {
      numbers[worker] = noted.numbers().get(worker);
    }
    lost.set(noted.lost());
    saved.putAll(from);
  }

  /** What it knows. Immutable. */
  public record Noted(List<Long> numbers, long lost) implements Serializable {
    public Noted {
      numbers = List.copyOf(numbers);
    }
  }

  /** The numbers of the leases so far, those that are open included. */
  public Noted noted() {
    return new Noted(Arrays.stream(numbers).boxed().toList(), lost.get());
  }

  /** A worker's next lease. */
  Lease next(int worker, int epoch, TrainedBlocks trained, List<Shard> shards, SaveOrder save) {
    numbers[worker]++;
    LeaseAttempt attempt = new LeaseAttempt(run, worker, numbers[worker], 0);
    SavedReplica from = saved.getOrDefault(worker, SavedReplica.NONE);
    return new Lease(attempt, predecessors[worker], epoch, trained, shards, from, save);
  }

  /**
   * Notes how a lease ended.
   *
   * @throws RunFailedException if its worker has failed too often in a row
   */
  void ended(LeaseEnd end) {
    int worker = end.lease().worker();
    saved.remove(worker); // whoever has it now goes on from that, or from the ledgers
    if (end instanceof LeaseEnd.Done done) {
      predecessors[worker] = done.report().attempt();
      failures[worker] = 0;
    }
    if (end instanceof LeaseEnd.Lost failed) {
      countFailure(worker, failed.reason());
    }
  }

  private void countFailure(int worker, String reason) {
    lost.incrementAndGet();
    predecessors[worker] = Lease.NONE;
    failures[worker]++;
    if (failures[worker] >= maxFailures) {
      throw new RunFailedException(
          "Cannot go on: worker "
              + (worker + 1)
              + " was lost "
              + failures[worker]
              + " times in a row without a finished lease; last: "
              + reason
              + " (look at the executors' logs and memory, shorten lease.seconds, or raise"
              + " lease.max-failures)");
    }
  }

  /** Leases that were lost and dealt again, so far. */
  public long lost() {
    return lost.get();
  }
}
