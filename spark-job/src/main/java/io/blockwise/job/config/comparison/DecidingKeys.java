package io.blockwise.job.config.comparison;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.blockwise.base.InvalidValueException;
import io.blockwise.job.config.LaterKeys;
import io.blockwise.job.config.MemorySize;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a stored configuration that decide what its run reaches or what is measured of it.
 * Two runs with equal ones on the same data set are the same run. Immutable.
 *
 * @param values nested as the keys are
 */
public record DecidingKeys(ConfigObject values) {
  private static final String DATA = "data";
  private static final String MEMORY = "data.memory";

  /** Places, names, progress, other commands' keys, and after what a run fails. */
  private static final List<String> OTHERS =
      List.of(
          "output",
          "run-id",
          "model",
          "workers.start-timeout",
          "training.max-non-finite",
          "averaging.patience",
          "averaging.tape",
          "lease.max-failures",
          "lease.stall-timeout",
          "evaluation.other-data",
          "features",
          "report");

  /**
   * Those of a configuration. Of {@code data} only the memory counts, as the data set is known by
   * its content: it decides in which order rows are read, unless it holds all of them.
   *
   * @param rendered as {@link io.blockwise.job.config.Settings#rendered} has it
   * @param rowBytes of all rows that training holds in memory if it can
   * @return empty if it is no such configuration
   */
  public static Optional<DecidingKeys> of(String rendered, long rowBytes) {
    try {
      Config all = LaterKeys.with(ConfigFactory.parseString(rendered));
      long memory = MemorySize.parse(all.getString(MEMORY)).bytes();
      Config deciding = all.withoutPath(DATA);
      for (String key : OTHERS) {
        deciding = deciding.withoutPath(key);
      }
      ConfigValue counted = ConfigValueFactory.fromAnyRef(Math.min(memory, rowBytes));
      return Optional.of(new DecidingKeys(deciding.withValue(MEMORY, counted).root()));
    } catch (ConfigException | InvalidValueException e) {
      return Optional.empty();
    }
  }
}
