package io.blockwise.job.config;

import static io.blockwise.model.Checks.requireAtLeast;

/**
 * Evaluation of a snapshot. Immutable.
 *
 * @param batchSize rows, at least 1
 */
public record EvaluationSettings(int batchSize) {
  public EvaluationSettings {
    requireAtLeast("evaluation.batch-size", batchSize, 1);
  }
}
