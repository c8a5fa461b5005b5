package io.blockwise.job.training;

import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.EngineDescription;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a run has reached so far, and the snapshot that will be published. Used by one thread. */
final class RunFigures {
  private EpochFigures last;
  private Snapshot best;
  private List<Double> validation = List.of();
  private LeaseReport leases;
  private long nanos;
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
    epoch.places().forEach(place -> engines.add(place.engine()));
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

  long examples() {
    return leases.examples();
  }

  /** Over the training clock, which leaves out preparation and evaluation. */
  double examplesPerSecond() {
    return leases.examples() * 1e9 / nanos;
  }

  /** Pushes of finished leases, repeated ones included. */
  long sent() {
    return leases.sent();
  }

  double waitShare() {
    return leases.waitShare();
  }
}
