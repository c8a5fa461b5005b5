package io.blockwise.job.training.dealing;

import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.averaging.TrainedBlocks;
import java.io.Serializable;
import java.util.Map;

/**
 * An epoch at a border between leases. Immutable.
 *
 * @param epoch from 1
 * @param trained blocks that it trains
 * @param rest what is not trained yet; shards of leases that run are in it
 * @param size what is known of how long leases take
 * @param reports of finished leases, by worker from 0
 * @param places where those were
 * @param mostRunning workers that have had a lease at the same time, at most
 * @param nanos that it has taken
 * @param lost leases that were lost
 */
public record EpochSoFar(
    int epoch,
    TrainedBlocks trained,
    EpochDealing.Rest rest,
    LeaseSize.Seen size,
    Map<Integer, LeaseReport> reports,
    Map<String, PlaceFigures> places,
    int mostRunning,
    long nanos,
    long lost)
    implements Serializable {
  public EpochSoFar {
    reports = Map.copyOf(reports);
    places = Map.copyOf(places);
  }
}
