package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;

/**
 * Evaluation of a snapshot. Immutable.
 *
 * @param batchSize rows; 0 for {@code training.batch-size}
 * @param otherData whether the data set may be another one than the model was trained on
 */
public record EvaluationSettings(int batchSize, boolean otherData) {
  public EvaluationSettings {
    requireAtLeast("evaluation.batch-size", batchSize, 0);
  }

  /** Rows of an evaluation's batch, given those of a training batch. */
  public int batchSizeOr(int trainingBatch) {
    return batchSize > 0 ? batchSize : trainingBatch;
  }
}
