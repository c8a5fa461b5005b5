package io.blockwise.job.training;

import java.util.List;

/**
 * What an epoch's training gave. Immutable.
 *
 * @param nanos training clock of the epoch: from the first lease to the end of the last
 * @param leases of all workers together
 * @param losses mean loss per row of every block
 * @param accuracies of every block on its batches, before each update, 0..1
 */
record EpochFigures(
    int epoch, long nanos, LeaseReport leases, List<Double> losses, List<Double> accuracies) {
  EpochFigures {
    losses = List.copyOf(losses);
    accuracies = List.copyOf(accuracies);
  }

  double examplesPerSecond() {
    return leases.examples() * 1e9 / nanos;
  }
}
