package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requirePositive;

import com.typesafe.config.Config;
import io.blockwise.job.config.hocon.HoconReader;
import io.blockwise.job.config.hocon.Inline;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.QuorumWait;
import java.time.Duration;

/**
 * How the workers' blocks are averaged. Immutable.
 *
 * <p>Always true: what nothing reads is what it is by default.
 *
 * @param options as workers and ledgers read them
 * @param patience longest wait of a worker for the driver, and in lock-step for the other workers;
 *     above 0
 * @param tape whether what the averaging does is written down, so that the run can be repeated
 */
public record AveragingSettings(@Inline AveragingOptions options, Duration patience, boolean tape) {
  private static final Config DEFAULTS = HoconReader.defaults();

  public AveragingSettings {
    requirePositive("averaging.patience", patience);
    if (options.quorum().longestWait().kind() != QuorumWait.Kind.GRACE) {
      requireDefault(
          "averaging.quorum.gamma",
          options.quorum().gamma(),
          "unless averaging.quorum.wait is grace");
    }
    if (options.rule() != AveragingOptions.Rule.AVERAGE) {
      requireDefault(
          "averaging.anticipation", options.anticipation(), "unless averaging.rule is average");
    }
    requireRead(options.outer());
  }

  private static void requireRead(Outer outer) {
    switch (outer.optimiser()) {
      case NESTEROV, SGD -> {}
      case NONE, RDA, DELAYED -> {
        String unless = "unless averaging.outer.optimiser is nesterov or sgd";
        requireDefault("averaging.outer.momentum", outer.momentum(), unless);
        requireDefault("averaging.outer.rate", outer.rate(), unless);
      }
    }
  }

  private static void requireDefault(String key, double value, String unless) {
    double usual = DEFAULTS.getDouble(key);
    if (value != usual) {
      throw invalid(key, value, "must be " + usual + " " + unless);
    }
  }
}
