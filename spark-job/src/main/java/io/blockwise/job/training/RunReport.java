package io.blockwise.job.training;

import io.blockwise.job.cli.Interruption;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.report.Progress;
import io.blockwise.job.report.ProgressDisplay;
import io.blockwise.job.worker.LeaseEnd;
import java.util.Optional;

/**
 * What a run says while it goes on, to its display and its events alike. Used by the driver's
 * thread.
 *
 * @param display for whoever is watching
 * @param events for whoever reads them later
 */
record RunReport(ProgressDisplay display, RunEvents events, RunProgress progress) {
  /**
   * Within an epoch.
   *
   * @param piece what came since the last one, if it ends now
   */
  void within(Progress now, Optional<Interval.Piece> piece) {
    display.update(now);
    piece.ifPresent(ended -> events.progress(now, ended, progress.rates(now.fraction())));
  }

  /** An epoch was trained and evaluated. */
  void epochDone(WireSize traffic) {
    RunFigures figures = progress.figures();
    Progress now = progress.afterEpoch();
    events.epoch(
        figures.last(),
        progress.rates(now.fraction()),
        figures.validation(),
        progress.pushes(),
        traffic);
    display.epochDone(now);
  }

  void warning(Alarms.Warning warning) {
    events.warning(warning);
    display.notice(warning.text());
  }

  void leaseLost(LeaseEnd.Lost end) {
    events.leaseLost(end);
    display.notice(
        "Lost worker %d: %s; its %d shards are dealt again"
            .formatted(end.lease().worker() + 1, end.reason(), end.lease().shards().size()));
  }

  void evaluationLost(String reason) {
    events.evaluationLost(reason);
    display.notice("Lost part of an evaluation: " + reason + "; its rows are measured again");
  }

  /** The run ends without a model. */
  void ended(Exception reason) {
    try {
      if (Interruption.isBehind(reason)) {
        events.ended("interrupted", "stopped before the end; nothing was published");
      } else {
        events.ended("failed", String.valueOf(reason.getMessage()));
      }
    } catch (RuntimeException e) {
      reason.addSuppressed(e); // throwing it would hide the failure that brought us here
    }
  }
}
