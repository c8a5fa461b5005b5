package io.blockwise.job.worker;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.StepScale;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What every worker of a run is told. Immutable.
 *
 * @param seed of initial parameters, order and augmentation
 * @param patience longest wait for a push to be settled
 * @param examplesOfRun rows that all workers together will train on
 * @param spans of every block, for its schedule
 * @param scale of the steps with the number of workers
 * @param maxNonFinite batches in a row that may be skipped
 * @param execution of a worker's blocks
 * @param frozenBytes that outputs of frozen blocks may take
 */
public record WorkerPlan(
    EngineChoice engine,
    NetworkSpec network,
    long seed,
    AveragingOptions averaging,
    Duration patience,
    RowTransform transform,
    int batchSize,
    int evaluationBatch,
    int prefetchThreads,
    long examplesOfRun,
    List<BlockSpan> spans,
    StepScale scale,
    int maxNonFinite,
    Execution execution,
    long frozenBytes)
    implements Serializable {
  public WorkerPlan {
    spans = List.copyOf(spans);
  }

  /** The same, computed by another engine. */
  public WorkerPlan with(EngineChoice other) {
    return new WorkerPlan(
        other,
        network,
        seed,
        averaging,
        patience,
        transform,
        batchSize,
        evaluationBatch,
        prefetchThreads,
        examplesOfRun,
        spans,
        scale,
        maxNonFinite,
        execution,
        frozenBytes);
  }
}
