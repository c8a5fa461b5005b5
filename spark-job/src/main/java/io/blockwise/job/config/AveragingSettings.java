package io.blockwise.job.config;

import static io.blockwise.base.Checks.requirePositive;

import io.blockwise.job.config.hocon.Inline;
import io.blockwise.model.averaging.AveragingOptions;
import java.time.Duration;

/**
 * How the workers' blocks are averaged. Immutable.
 *
 * @param options as workers and ledgers read them
 * @param patience longest wait of a worker for the driver, and in lock-step for the other workers;
 *     above 0
 * @param tape whether what the averaging does is written down, so that the run can be repeated
 */
public record AveragingSettings(@Inline AveragingOptions options, Duration patience, boolean tape) {
  public AveragingSettings {
    requirePositive("averaging.patience", patience);
  }
}
