package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import java.time.Duration;

/**
 * What a run writes down while it goes on. Immutable.
 *
 * @param interval between figures within an epoch; zero for none
 */
public record ReportSettings(Duration interval) {
  public ReportSettings {
    if (interval.isNegative()) {
      throw invalid("report.interval", Names.of(interval), "must be at least 0s");
    }
  }
}
