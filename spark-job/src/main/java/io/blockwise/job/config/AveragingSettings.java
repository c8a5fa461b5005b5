package io.blockwise.job.config;

import static io.blockwise.base.Checks.requirePositive;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.Codec;
import java.time.Duration;

/**
 * How the workers' blocks are averaged. Immutable.
 *
 * <p>Always true: what {@link AveragingOptions} promises.
 *
 * @param patience longest wait of a worker for the driver, and in lock-step for the other workers;
 *     above 0
 */
public record AveragingSettings(
    AveragingOptions.Rule rule,
    int period,
    Codec codec,
    Staleness staleness,
    Quorum quorum,
    AveragingOptions.Outer outer,
    Duration patience) {
  public AveragingSettings {
    requirePositive("averaging.patience", patience);
    checked(rule, period, codec, staleness, quorum, outer);
  }

  /** The same as workers and ledgers read it. */
  public AveragingOptions options() {
    return checked(rule, period, codec, staleness, quorum, outer);
  }

  private static AveragingOptions checked(
      AveragingOptions.Rule rule,
      int period,
      Codec codec,
      Staleness staleness,
      Quorum quorum,
      AveragingOptions.Outer outer) {
    return new AveragingOptions(
        rule, period, codec, staleness.max(), quorum.size(), quorum.maxWait(), outer);
  }

  /**
   * Pushes that are too old.
   *
   * @param max rounds, above 0
   */
  public record Staleness(double max) {}

  /**
   * Rounds of rule {@code quorum}.
   *
   * @param size workers of a round, 0 for all
   * @param maxWait for a round, zero for no limit
   */
  public record Quorum(int size, Duration maxWait) {}
}
