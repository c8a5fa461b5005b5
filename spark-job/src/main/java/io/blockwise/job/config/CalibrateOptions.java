package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

/**
 * What the command {@code calibrate} is asked for. Immutable.
 *
 * @param model directory of a model, of which the newest version is calibrated, or of one of its
 *     versions
 * @param dataset directory of a prepared data set
 * @param split of it: {@code train}, {@code validation} or {@code test}
 * @param guarantee what leaving early is to guarantee, at least one of both
 * @param batchSize rows that are computed together, at least 1
 * @param engine numerical library and how exactly it computes
 */
public record CalibrateOptions(
    String model,
    String dataset,
    String split,
    GuaranteeSettings guarantee,
    int batchSize,
    EngineChoice engine) {
  public CalibrateOptions {
    requireAtLeast("--batch-size", batchSize, 1);
    if (!guarantee.exists()) {
      throw invalid(
          "--drop", "none", "must be given, or --cost, or both: what is to be guaranteed");
    }
  }
}
