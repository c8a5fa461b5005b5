package io.blockwise.job.training.progress;

import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.network.NetworkFigures;
import java.time.Duration;
import java.util.Optional;

/** What a run says within one epoch. Used by the driver's thread. */
public final class EpochReport {
  private final RunReport report;
  private final RunProgress progress;
  private final int epoch;
  private final Interval interval;
  private final Alarms alarms;

  EpochReport(RunReport report, RunProgress progress, int epoch, Duration interval) {
    this.report = report;
    this.progress = progress;
    this.epoch = epoch;
    this.interval = new Interval(interval, System::nanoTime, progress.ledgers().size());
    this.alarms = new Alarms(progress.plan().network(), report.rounds(), epoch, report::warning);
  }

  /**
   * The epoch goes on.
   *
   * @param running workers that train at present
   * @param sums of the epoch so far
   * @param nanos that it has taken
   */
  public void within(int running, NetworkFigures sums, long nanos) {
    Optional<Interval.Piece> piece = interval.end(sums);
    report.within(progress.within(epoch, running, sums, nanos), piece);
    piece.ifPresent(ended -> alarms.check(ended.sums()));
  }

  /** All of its shards are trained. */
  public void trained(LeaseReport sum) {
    alarms.check(sum.figures());
  }
}
