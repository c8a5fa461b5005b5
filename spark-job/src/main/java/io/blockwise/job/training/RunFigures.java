package io.blockwise.job.training;

import io.blockwise.job.training.dealing.PlaceFigures;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.EngineDescription;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** What a run has reached so far, and the snapshot that will be published. Used by one thread. */
final class RunFigures {
  private EpochFigures last;
  private Snapshot best;
  private List<Double> validation = List.of();
  private LeaseReport leases;
  private long nanos;
  private long peakMemory;
  private final DescriptiveStatistics stepSeconds = new DescriptiveStatistics();
  private final Set<EngineDescription> engines = new LinkedHashSet<>();

  RunFigures(int blocks) {
    leases = LeaseReport.none(blocks);
  }

  /**
   * State of all blocks after an epoch.
   *
   * @param validation accuracy of every block, 0..1
   */
  record Snapshot(int epoch, List<BlockState> states, List<Double> validation) {
    double ofLastBlock() {
      return validation.get(validation.size() - 1);
    }
  }

  /** Adds an epoch that was trained. */
  void epoch(EpochFigures epoch) {
    last = epoch;
    leases = leases.plus(epoch.leases());
    nanos += epoch.nanos();
    for (PlaceFigures place : epoch.places()) {
      engines.add(place.engine());
      peakMemory = Math.max(peakMemory, place.peakResidentBytes());
    }
    if (epoch.leases().steps() > 0) {
      stepSeconds.addValue(epoch.nanos() / 1e9 * epoch.workers() / epoch.leases().steps());
    }
  }

  /** Keeps the epoch's snapshot if its last block is better than any before. */
  void evaluated(List<BlockState> states, List<Double> accuracies) {
    validation = List.copyOf(accuracies);
    Snapshot snapshot = new Snapshot(last.epoch(), List.copyOf(states), validation);
    if (best == null || snapshot.ofLastBlock() > best.ofLastBlock()) {
      best = snapshot;
    }
  }

  EpochFigures last() {
    return last;
  }

  Snapshot best() {
    return best;
  }

  /** Accuracies of the last evaluation; empty before the first. */
  List<Double> validation() {
    return validation;
  }

  /** What the workers have computed with. */
  Set<EngineDescription> engines() {
    return Collections.unmodifiableSet(engines);
  }

  /** Of all workers together. */
  long steps() {
    return leases.steps();
  }

  long examples() {
    return leases.examples();
  }

  /** Over the training clock, which leaves out preparation and evaluation. */
  double examplesPerSecond() {
    return leases.examples() * 1e9 / nanos;
  }

  /** Time of a worker's step: the median of the epochs' means, as the first one has to warm up. */
  double stepSeconds() {
    return stepSeconds.getN() == 0 ? 0 : stepSeconds.getPercentile(50);
  }

  /** Most memory of a process with workers; 0 if the system does not tell. */
  long peakMemory() {
    return peakMemory;
  }

  /** Pushes of finished leases, repeated ones included. */
  long sent() {
    return leases.sent();
  }

  double waitShare() {
    return leases.waitShare();
  }
}
