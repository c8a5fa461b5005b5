package io.blockwise.job.training.progress;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.NotPublishedException;
import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.report.EventLog;
import io.blockwise.job.report.Progress;
import io.blockwise.job.report.ProgressDisplay;
import io.blockwise.job.report.html.ReportFile;
import io.blockwise.job.report.html.Result;
import io.blockwise.job.report.mlflow.MlflowRun;
import io.blockwise.job.report.tensorboard.ScalarLog;
import io.blockwise.job.training.growth.BlockSchedule;
import io.blockwise.job.training.growth.Stop;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.averaging.ledger.PushCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a run says while it goes on, to its display and its events alike. Used by the driver's
 * thread.
 */
public final class RunReport {
  private final ProgressDisplay display;
  private final RunEvents events;
  private final RunProgress progress;
  private final ThinRounds rounds;
  private final ReportFile page;
  private final ScalarLog scalars;
  private final MlflowRun tracked;
  private List<PushCounts> pushes;
  private volatile Progress newest;
  private boolean scalarsMissed;

  /**
   * Of a run that says nothing yet.
   *
   * @param display for whoever is watching
   * @param log for whoever reads it later
   * @param page for whoever looks at it, now or later
   * @param scalars for TensorBoard
   * @param tracked in MLflow
   */
  public RunReport(
      ProgressDisplay display,
      EventLog log,
      RunProgress progress,
      ReportFile page,
      ScalarLog scalars,
      MlflowRun tracked) {
    this.display = display;
    this.events = new RunEvents(log);
    this.progress = progress;
    this.page = page;
    this.scalars = scalars;
    this.tracked = tracked;
    this.pushes = progress.pushesByBlock();
    this.rounds = ThinRounds.of(progress.plan().averaging(), progress.ledgers());
  }

  /** The run begins, and may have something to say about its engine. */
  public void started(String runId, Settings settings, EngineSelection engine, Dataset dataset) {
    events.started(runId, settings, engine, dataset, progress.plan().network());
  }

  /** Says something to whoever is watching. */
  public void notice(String text) {
    display.notice(text);
  }

  /**
   * An epoch begins.
   *
   * @param interval between two events within it; zero for none
   */
  public EpochReport epoch(int number, Duration interval) {
    return new EpochReport(this, progress, number, interval);
  }

  /**
   * The run's figures for whoever monitors it.
   *
   * @param lost leases that were lost so far
   */
  public Map<String, Supplier<? extends Number>> gauges(Supplier<Long> lost) {
    return RunGauges.of(progress.ledgers().size(), () -> newest, lost);
  }

  /** What becomes of the rounds of the whole run. */
  ThinRounds rounds() {
    return rounds;
  }

  void within(Progress now, Optional<Interval.Piece> piece) {
    newest = now;
    display.update(now);
    piece.ifPresent(ended -> events.progress(now, ended, progress.rates(now.fraction())));
  }

  void warning(Alarms.Warning warning) {
    events.warning(warning);
    display.notice(warning.text());
  }

  /**
   * The run was begun before.
   *
   * @param from where it goes on; empty at its beginning
   * @param notices what whoever is watching should know of it
   */
  public void resumed(Optional<? extends Checkpoints.Found<?>> from, List<String> notices) {
    notices.forEach(display::notice);
    from.ifPresent(events::resumed);
  }

  /**
   * A checkpoint is complete.
   *
   * @param nanos that the driver has taken, beside training
   * @param workerNanos that a worker has taken, at most
   */
  public void checkpointWritten(
      long number, Checkpoints.Facts facts, long nanos, long workerNanos) {
    events.checkpoint(number, facts, nanos, workerNanos);
  }

  /** A checkpoint could not be written. */
  public void checkpointFailed(long number, String reason) {
    events.checkpointFailed(number, reason);
    display.notice(
        "Cannot write checkpoint "
            + number
            + ": "
            + reason
            + "; training goes on, and it is tried again");
  }

  /** A lease has ended that long after it was dealt: it is trained, or its worker was lost. */
  public void leaseEnded(LeaseEnd end, Duration took) {
    if (end instanceof LeaseEnd.Done done) {
      events.leaseDone(done, took);
    } else if (end instanceof LeaseEnd.Lost lost) {
      leaseLost(lost, took);
    }
  }

  private void leaseLost(LeaseEnd.Lost end, Duration took) {
    events.leaseLost(end, took);
    display.notice(
        "Lost worker %d: %s; its %d shards are dealt again"
            .formatted(end.lease().worker() + 1, end.reason(), end.lease().shards().size()));
  }

  /** Blocks are frozen, or join. */
  public void changed(List<BlockSchedule.Change> changes) {
    for (BlockSchedule.Change change : changes) {
      events.changed(change);
      display.notice(change.text());
    }
  }

  /** The run ends before its last epoch. */
  public void stopped(Stop stop) {
    events.stopped(stop);
    display.notice(stop.text());
  }

  /** Part of an evaluation was lost. */
  public void evaluationLost(String reason) {
    events.evaluationLost(reason);
    display.notice("Lost part of an evaluation: " + reason + "; its rows are measured again");
  }

  /**
   * An epoch was trained and evaluated.
   *
   * @param traffic of the whole run so far
   */
  public void epochDone(WireSize traffic) {
    RunFigures figures = progress.figures();
    Progress reached = progress.afterEpoch();
    newest = reached;
    List<PushCounts> now = progress.pushesByBlock();
    events.epoch(
        figures.last(),
        progress.rates(reached.fraction()),
        new BlockScores(figures.validation(), figures.validationLosses()),
        now,
        traffic);
    scalars(EpochScalars.of(figures.last(), figures.validation(), pushes, now));
    pushes = now;
    display.epochDone(reached);
    page.refresh();
  }

  private void scalars(Map<String, Double> ofEpoch) {
    tracked.metrics(progress.figures().last().epoch(), ofEpoch);
    try {
      scalars.write(progress.figures().last().epoch(), ofEpoch);
    } catch (IOException e) {
      if (Interruption.isBehind(e)) {
        Thread.currentThread().interrupt(); // the run is to end, with these figures or without
      } else if (!scalarsMissed) {
        scalarsMissed = true;
        display.notice(
            "Cannot write figures for TensorBoard: " + e.getMessage() + "; the run goes on");
      }
    }
  }

  /** The page with the run's result, for its model; the run keeps it as well. */
  public byte[] page(Result result) {
    byte[] content = page.of(result);
    page.write();
    return content;
  }

  /** The run has published a model. */
  public void finished(String version, Metrics metrics) {
    events.finished(version, metrics);
    page.write();
    tracked.metrics(metrics.selectedEpoch(), EpochScalars.ofTest(metrics));
    tracked.ended("FINISHED", Optional.of(version), page::page);
  }

  /** The run ends without a model. */
  public void ended(Exception reason) {
    try {
      if (reason instanceof NotPublishedException) {
        events.ended("not_published", reason.getMessage());
      } else if (Interruption.isBehind(reason)) {
        events.ended("interrupted", "stopped before the end; nothing was published");
      } else {
        events.ended("failed", String.valueOf(reason.getMessage()));
      }
      page.write();
      String status = Interruption.isBehind(reason) ? "KILLED" : "FAILED";
      tracked.ended(status, Optional.empty(), page::page);
    } catch (RuntimeException e) {
      reason.addSuppressed(e); // throwing it would hide the failure that brought us here
    }
  }
}
