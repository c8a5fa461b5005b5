package io.blockwise.job.training.progress;

import io.blockwise.job.training.dealing.PlaceFigures;
import io.blockwise.job.worker.LeaseReport;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an epoch's training gave. Immutable.
 *
 * @param nanos training clock of the epoch: from the first lease to the end of the last
 * @param leases of all workers together
 * @param places processes that the workers were in
 * @param workers that trained at the same time, at most
 * @param periods batches for every push of a block, on average, by the number of the worker, from 1
 * @param lost leases that were lost and dealt again
 */
public record EpochFigures(
    int epoch,
    long nanos,
    LeaseReport leases,
    List<PlaceFigures> places,
    int workers,
    SortedMap<Integer, Double> periods,
    long lost)
    implements Serializable {
  public EpochFigures {
    periods = Collections.unmodifiableSortedMap(new TreeMap<>(periods));
    places = List.copyOf(places);
  }

  double examplesPerSecond() {
    return leases.examples() * 1e9 / nanos;
  }

  /** Mean loss per row of every block. */
  List<Double> losses() {
    return leases.figures().losses();
  }

  /** Accuracy of every block on its batches, before each update, 0..1. */
  List<Double> accuracies() {
    return leases.figures().accuracies();
  }
}
