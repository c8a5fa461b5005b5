package io.blockwise.job.training.progress;

import io.blockwise.base.Names;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.report.EventLog;
import io.blockwise.job.report.Progress;
import io.blockwise.job.report.ThisProcess;
import io.blockwise.job.training.growth.BlockSchedule;
import io.blockwise.job.training.growth.Stop;
import io.blockwise.job.worker.BlockScores;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.spec.NetworkSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every figure of a run as lines of {@code events.jsonl}: {@code started}, {@code progress} within
 * an epoch, {@code epoch} at its end, {@code block_frozen} and {@code block_joined} for blocks that
 * stop and join, {@code stopped_early} for a run whose patience is over, {@code checkpoint}, {@code
 * checkpoint_failed} and {@code resumed}, {@code warning} for losses and rounds that go wrong,
 * {@code lease}, {@code lease_lost} and {@code evaluation_lost} for what has to be done again, and
 * {@code finished}, {@code failed} or {@code interrupted}. Used by one thread.
 */
final class RunEvents {
  private final EventLog log;

  RunEvents(EventLog log) {
    this.log = log;
  }

  void started(
      String runId,
      Settings settings,
      EngineSelection engine,
      Dataset dataset,
      NetworkSpec network) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("run_id", runId);
    fields.put("model", settings.model().name());
    fields.put("dataset", dataset.directory().toString());
    fields.put("dataset_fingerprint", dataset.fingerprint());
    fields.put("input", network.input().sizes());
    fields.put("classes", network.classes());
    fields.put("blocks", network.blocks().size());
    fields.put("workers", settings.workers().count());
    fields.put("method", Names.of(settings.network().method()));
    fields.put("locality", Names.of(network.locality()));
    fields.put("local_loss", Names.of(settings.network().loss().getClass()));
    fields.put("engine", engine.choice().name().text());
    if (!engine.reason().isEmpty()) {
      fields.put("engine_reason", engine.reason());
    }
    fields.put("host", ThisProcess.host());
    fields.put("pid", ThisProcess.pid());
    log.write("started", fields);
  }

  /**
   * Within an epoch: what came since the last such line, or the epoch's begin.
   *
   * @param progress where the run stands
   * @param rates of the blocks now
   */
  void progress(Progress progress, Interval.Piece piece, BlockRates rates) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", progress.epoch());
    fields.put("fraction", progress.fraction());
    fields.put("examples", piece.sums().examples());
    fields.put("examples_per_second", piece.examplesPerSecond());
    fields.put("loss", piece.sums().losses());
    fields.put("loss_terms", piece.sums().terms());
    fields.put("training_accuracy", piece.sums().accuracies());
    fields.put("learning_rate", rates.rates());
    fields.put("workers", progress.workers());
    fields.put("staleness_mean", progress.averaging().staleness());
    fields.put("gain", rates.gains());
    log.write("progress", fields);
  }

  /**
   * An epoch's end.
   *
   * @param rates of the blocks that the epoch ended with
   * @param byBlock what has become of each block's pushes so far
   */
  void epoch(
      EpochFigures epoch,
      BlockRates rates,
      BlockScores validation,
      List<PushCounts> byBlock,
      WireSize traffic) {
    PushCounts pushes = RunProgress.sum(byBlock);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", epoch.epoch());
    fields.put("seconds", epoch.nanos() / 1e9);
    fields.put("examples", epoch.leases().examples());
    fields.put("examples_per_second", epoch.examplesPerSecond());
    fields.put("steps", epoch.leases().steps());
    fields.put("rows_left_out", epoch.leases().leftOut());
    fields.put("non_finite_steps", epoch.leases().nonFinite());
    fields.put("wait_for_data_share", epoch.leases().waitShare());
    fields.put("averaging_share", epoch.leases().averagingShare());
    fields.put("effective_period", epoch.leases().effectivePeriod());
    fields.put("effective_period_by_worker", epoch.periods());
    fields.put("loss", epoch.losses());
    fields.put("loss_terms", epoch.leases().figures().terms());
    fields.put("training_accuracy", epoch.accuracies());
    fields.put("validation_accuracy", validation.accuracies());
    fields.put("validation_loss", validation.losses());
    fields.put("learning_rate", rates.rates());
    fields.put("executors", epoch.places());
    fields.put("most_workers", epoch.workers());
    fields.put("leases_lost", epoch.lost());
    fields.put("pushes_sent", epoch.leases().sent());
    fields.put("pushes_so_far", pushes);
    fields.put("pushes_so_far_by_block", byBlock);
    fields.put("exchange_bytes_so_far", traffic);
    fields.put("staleness_mean", pushes.meanStaleness());
    fields.put("gain", rates.gains());
    log.write("epoch", fields);
  }

  /** A figure of a block's loss says that something has gone wrong. */
  void warning(Alarms.Warning warning) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", warning.epoch());
    fields.put("block", warning.block());
    fields.put("term", warning.term());
    fields.put("value", warning.value());
    fields.put("reason", warning.text());
    log.write("warning", fields);
  }

  /** A block is frozen, or joins. */
  void changed(BlockSchedule.Change change) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", change.epoch());
    fields.put("block", change.block());
    fields.put("reason", change.text());
    log.write("block_" + change.kind(), fields);
  }

  /** The run ends before its last epoch. */
  void stopped(Stop stop) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("epoch", stop.epoch());
    fields.put("block", stop.block());
    fields.put("metric", stop.metric());
    fields.put("best", stop.best());
    fields.put("best_epoch", stop.bestEpoch());
    fields.put("reason", stop.text());
    log.write("stopped_early", fields);
  }

  /** The run goes on from a checkpoint. */
  void resumed(Checkpoints.Found<?> from) {
    log.write("resumed", checkpoint(from.number(), from.facts()));
  }

  /** A checkpoint is complete. */
  void checkpoint(long number, Checkpoints.Facts facts, long nanos, long workerNanos) {
    Map<String, Object> fields = checkpoint(number, facts);
    fields.put("seconds", nanos / 1e9);
    fields.put("worker_seconds", workerNanos / 1e9);
    log.write("checkpoint", fields);
  }

  private static Map<String, Object> checkpoint(long number, Checkpoints.Facts facts) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("checkpoint", number);
    fields.put("epoch", facts.epoch());
    fields.put("fraction", facts.fraction());
    return fields;
  }

  /** A checkpoint could not be written. */
  void checkpointFailed(long number, String reason) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("checkpoint", number);
    fields.put("reason", reason);
    log.write("checkpoint_failed", fields);
  }

  /** A lease was trained to its end, that long after it was dealt. */
  void leaseDone(LeaseEnd.Done end, Duration took) {
    Map<String, Object> fields = lease(end, took);
    fields.put("executor", end.place().executor());
    fields.put("examples", end.report().examples());
    log.write("lease", fields);
  }

  /** A worker was lost; its shards are dealt again. */
  void leaseLost(LeaseEnd.Lost end, Duration took) {
    Map<String, Object> fields = lease(end, took);
    fields.put("executor", end.executor().orElse(null));
    fields.put("reason", end.reason());
    log.write("lease_lost", fields);
  }

  private static Map<String, Object> lease(LeaseEnd end, Duration took) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("worker", end.lease().worker() + 1);
    fields.put("lease", end.lease().attempt().lease());
    fields.put("epoch", end.lease().epoch());
    fields.put("shards", end.lease().shards().size());
    fields.put("seconds", took.toNanos() / 1e9);
    return fields;
  }

  /** Part of an evaluation was lost; its rows are measured again. */
  void evaluationLost(String reason) {
    log.write("evaluation_lost", Map.of("reason", reason));
  }

  void finished(String version, Metrics metrics) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", version);
    fields.put("metrics", metrics);
    log.write("finished", fields);
  }

  /** The run ended without a model. */
  void ended(String event, String reason) {
    log.write(event, Map.of("reason", reason));
  }
}
