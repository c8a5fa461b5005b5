package io.blockwise.job.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/**
 * Keys that stored configurations of earlier versions lack, each with the value by which a run does
 * what it did before there was the key. So a run of such a configuration is known as the same.
 */
public final class LaterKeys {
  private static final Config BEFORE =
      ConfigFactory.parseString(
          """
          training.patience { epochs = 0, metric = validation-accuracy, block = last, min-delta = 0 }
          training.class-weights { rule = none, of = [] }
          evaluation.test = true
          data.weight-column = ""
          """);

  private LaterKeys() {}

  /** A stored configuration with all of them. */
  public static Config with(Config stored) {
    return stored.withFallback(BEFORE);
  }
}
