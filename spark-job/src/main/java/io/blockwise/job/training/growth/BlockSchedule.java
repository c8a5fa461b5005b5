package io.blockwise.job.training.growth;

import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.training.growth.EarlyStopping.Stopped;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.cut.Cost;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says which blocks train in a run's next epoch, and what that saves. Used by one thread. */
public final class BlockSchedule {
  private final GrowthPlan plan;
  private final int epochs;
  private final EarlyStopping stopping;
  private final Patience patience;
  private final Savings savings;
  private Optional<Stop> stopped = Optional.empty();

  private BlockSchedule(
      GrowthPlan plan, int epochs, EarlyStopping stopping, Patience patience, Savings savings) {
    this.plan = plan;
    this.epochs = epochs;
    this.stopping = stopping;
    this.patience = patience;
    this.savings = savings;
  }

  /**
   * The schedule of a run that has not begun.
   *
   * @param run its id
   */
  public static BlockSchedule of(
      String run, Settings settings, WorkerPlan workers, GrowthPlan plan) {
    boolean adopts = settings.workers().count() > 1 || !workers.averaging().copies();
    List<Long> pushes =
        DecoupledNetwork.layouts(workers.network()).stream()
            .map(layout -> pushed(run, layout, workers, adopts))
            .toList();
    return new BlockSchedule(
        plan,
        settings.epochs(),
        new EarlyStopping(settings.stopping(), plan.blocks(), plan.of(1).frozen()),
        new Patience(settings.training().patience(), plan.blocks(), settings.epochs()),
        new Savings(Cost.of(workers.network()), pushes, settings.epochs()));
  }

  /** Of a block's table none, as it is not known which rows a push would have had. */
  private static long pushed(String run, BlockLayout layout, WorkerPlan workers, boolean adopts) {
    int values = layout.parameters().lengthOfRest();
    int statistics = layout.statistics().length();
    return WireSize.ofPush(run, values, statistics, workers.averaging().codec(), adopts).pushed();
  }

  /**
   * What it knows of the epochs that were trained. Immutable.
   *
   * @param patience null in checkpoints of format 1, which had none
   */
  public record Noted(EarlyStopping.Seen stopping, Savings.Counted savings, Patience.Seen patience)
      implements Serializable {
    public Noted {
      patience = patience == null ? Patience.Seen.NOTHING : patience;
    }
  }

  /** What it knows now. */
  public Noted noted() {
    return new Noted(stopping.seen(), savings.counted(), patience.seen());
  }

  /** Goes on from there. */
  public void restore(Noted noted) {
    stopping.restore(noted.stopping());
    savings.restore(noted.savings());
    patience.restore(noted.patience());
  }

  /**
   * A change that somebody shall hear of. Immutable.
   *
   * @param epoch after which a block is frozen, or at whose beginning it joins
   * @param block from 1
   * @param kind {@code frozen} or {@code joined}
   */
  public record Change(int epoch, int block, String kind, String text) {}

  /**
   * Blocks of an epoch, counted from 1.
   *
   * @return empty if the run is over: there are no more epochs, its patience is over, or all blocks
   *     are frozen
   */
  public Optional<TrainedBlocks> of(int epoch) {
    if (epoch > epochs || stopped.isPresent() || stopping.frozen() == plan.blocks()) {
      return Optional.empty();
    }
    TrainedBlocks planned = plan.of(epoch);
    int frozen = Math.max(planned.frozen(), stopping.frozen());
    return Optional.of(new TrainedBlocks(frozen, planned.joined()));
  }

  /** Blocks that join at the beginning of an epoch behind the first one. */
  public List<Change> joining(int epoch) {
    if (epoch == 1 || plan.of(epoch).joined() == plan.of(epoch - 1).joined()) {
      return List.of();
    }
    TrainedBlocks now = plan.of(epoch);
    String earlier = now.frozen() > 0 ? "; those before it are frozen" : "";
    String text = "Block " + now.joined() + " joins in epoch " + epoch + earlier;
    return List.of(new Change(epoch, now.joined(), "joined", text));
  }

  /** Notes what an epoch took. */
  public void trained(TrainedBlocks blocks, LeaseReport leases) {
    savings.epoch(blocks, leases.examples(), leases.sent());
  }

  /**
   * Notes what an epoch has reached on validation, at each block that has joined.
   *
   * @return blocks that are frozen from now on
   */
  public List<Change> evaluated(int epoch, BlockScores scores) {
    stopped = patience.evaluated(epoch, scores);
    return stopping.evaluated(epoch, scores.accuracies()).stream().map(this::frozen).toList();
  }

  /** Why the run has ended early, if its patience was over. */
  public Optional<Stop> stopped() {
    return stopped;
  }

  private Change frozen(Stopped block) {
    String text =
        String.format(
            Locale.ROOT,
            "Block %d is frozen after epoch %d: best on validation, with %.2f %%, in epoch %d",
            block.number(),
            block.epoch(),
            100 * block.best(),
            block.bestEpoch());
    return new Change(block.epoch(), block.number(), "frozen", text);
  }

  /** What has been trained, and what was saved. */
  public Metrics.Dynamics dynamics() {
    return savings.total();
  }
}
