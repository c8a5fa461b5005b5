package io.blockwise.job.training.progress;

import io.blockwise.job.config.PatienceSettings;
import io.blockwise.job.training.dealing.PlaceFigures;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.engine.EngineDescription;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** What a run has reached so far, and the snapshot that will be published. Used by one thread. */
public final class RunFigures {
  private final int blocks;
  private final PatienceSettings chooser;
  private EpochFigures last;
  private Snapshot best;
  private List<Double> validation = List.of();
  private List<Double> validationLosses = List.of();
  private LeaseReport leases;
  private long nanos;
  private long peakMemory;
  private final DescriptiveStatistics stepSeconds = new DescriptiveStatistics();
  private final Set<EngineDescription> engines = new LinkedHashSet<>();

  /**
   * Of a run of so many blocks that has trained no epoch yet.
   *
   * @param patience that also says by what the best epoch is chosen
   */
  public RunFigures(int blocks, PatienceSettings patience) {
    this.blocks = blocks;
    this.chooser = patience.chooser();
    leases = LeaseReport.none(blocks);
  }

  /**
   * State of all blocks after an epoch.
   *
   * @param validation accuracy of every block, 0..1
   * @param losses of every block on validation; null in checkpoints of format 1, which had none
   */
  public record Snapshot(
      int epoch, List<BlockState> states, List<Double> validation, List<Double> losses)
      implements Serializable {
    public Snapshot {
      losses = losses == null ? List.of() : losses;
    }

    BlockScores scores() {
      return new BlockScores(validation, losses);
    }
  }

  /**
   * What a run has reached, to go on from. Immutable.
   *
   * @param last epoch that was trained; empty before the first
   * @param best epoch; empty before the first with all blocks was evaluated
   * @param validation accuracies of the last evaluation
   * @param leases of all epochs
   * @param nanos of their training
   * @param peakMemory of a process with workers
   * @param stepSeconds of every epoch
   * @param engines that have computed
   */
  public record Reached(
      List<EpochFigures> last,
      List<Snapshot> best,
      List<Double> validation,
      LeaseReport leases,
      long nanos,
      long peakMemory,
      List<Double> stepSeconds,
      List<EngineDescription> engines)
      implements Serializable {}

  /** What there is now. */
  public Reached reached() {
    return new Reached(
        last == null ? List.of() : List.of(last),
        best == null ? List.of() : List.of(best),
        validation,
        leases,
        nanos,
        peakMemory,
        Arrays.stream(stepSeconds.getValues()).boxed().toList(),
        List.copyOf(engines));
  }

  /** Goes on from there. */
  public void restore(Reached reached) {
    last = reached.last().stream().findFirst().orElse(null);
    best = reached.best().stream().findFirst().orElse(null);
    validation = reached.validation();
    leases = reached.leases();
    nanos = reached.nanos();
    peakMemory = reached.peakMemory();
    reached.stepSeconds().forEach(stepSeconds::addValue);
    engines.addAll(reached.engines());
  }

  /** Adds an epoch that was trained. */
  public void epoch(EpochFigures epoch) {
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

  /**
   * Keeps the epoch's snapshot if it is better than any before, by what the run chooses by. One in
   * which blocks have yet to join is none to be kept.
   *
   * @param states of the blocks that have joined
   * @param scores of the same
   */
  public void evaluated(List<BlockState> states, BlockScores scores) {
    validation = scores.accuracies();
    validationLosses = scores.losses();
    if (states.size() < blocks) {
      return;
    }
    Snapshot snapshot =
        new Snapshot(last.epoch(), List.copyOf(states), validation, validationLosses);
    if (best == null || isBetter(snapshot)) {
      best = snapshot;
    }
  }

  private boolean isBetter(Snapshot snapshot) {
    int block = chooser.block().of(snapshot.validation().size());
    double before = best.scores().of(chooser.metric(), block);
    return chooser.metric().gain(before, snapshot.scores().of(chooser.metric(), block)) > 0;
  }

  /** The last epoch that was trained. */
  public EpochFigures last() {
    return last;
  }

  /** The best epoch so far; null before the first with all blocks was evaluated. */
  public Snapshot best() {
    return best;
  }

  /** Accuracies of the last evaluation; empty before the first. */
  public List<Double> validation() {
    return validation;
  }

  /** Cross-entropies of the same, in nats. */
  public List<Double> validationLosses() {
    return validationLosses;
  }

  /** What the workers have computed with. */
  public Set<EngineDescription> engines() {
    return Collections.unmodifiableSet(engines);
  }

  /** Of all workers together. */
  public long steps() {
    return leases.steps();
  }

  /** Rows that were trained on. */
  public long examples() {
    return leases.examples();
  }

  /** Over the training clock, which leaves out preparation and evaluation. */
  public double examplesPerSecond() {
    return leases.examples() * 1e9 / nanos;
  }

  /** Time of a worker's step: the median of the epochs' means, as the first one has to warm up. */
  public double stepSeconds() {
    return stepSeconds.getN() == 0 ? 0 : stepSeconds.getPercentile(50);
  }

  /** Most memory of a process with workers; 0 if the system does not tell. */
  public long peakMemory() {
    return peakMemory;
  }

  /** Pushes of finished leases, repeated ones included. */
  public long sent() {
    return leases.sent();
  }

  /** Of the workers' time, how much went into averaging, 0..1. */
  public double averagingShare() {
    return leases.averagingShare();
  }

  /** Of the workers' time, how much they waited for data, 0..1. */
  public double waitShare() {
    return leases.waitShare();
  }
}
