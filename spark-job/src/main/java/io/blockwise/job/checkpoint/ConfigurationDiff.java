package io.blockwise.job.checkpoint;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import io.blockwise.job.config.LaterKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What differs between the configuration of a run that was begun and the one that resumes it. */
public final class ConfigurationDiff {
  private static final int SHOWN = 8;

  /** Keys and sections that change nothing of what is learned. */
  private static final List<String> FREE =
      List.of(
          "checkpoint.",
          "report.",
          "run.",
          "publish.",
          "evaluation.",
          "features.",
          "lease.max-failures",
          "lease.stall-timeout",
          "workers.min",
          "workers.start-timeout",
          "workers.grace",
          "workers.idle-timeout",
          "averaging.patience",
          "training.prefetch-threads",
          "data.path");

  private ConfigurationDiff() {}

  /**
   * Differences that make it another run.
   *
   * @param before a configuration as {@code resolved.conf} has it
   * @param now another one
   * @return {@code KEY is VALUE, not VALUE-BEFORE} for each, joined; empty if there is none
   */
  public static String of(String before, String now) {
    SortedMap<String, String> old = flat(before);
    SortedMap<String, String> present = flat(now);
    TreeSet<String> keys = new TreeSet<>(old.keySet());
    keys.addAll(present.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      boolean free = FREE.stream().anyMatch(key::startsWith);
      if (!free && !Objects.equals(old.get(key), present.get(key))) {
        differences.add(
            key
                + " is "
                + present.getOrDefault(key, "not set")
                + ", not "
                + old.getOrDefault(key, "unset"));
      }
    }
    int more = differences.size() - SHOWN;
    return String.join("; ", differences.subList(0, Math.min(SHOWN, differences.size())))
        + (more > 0 ? "; and " + more + " more" : "");
  }

  private static SortedMap<String, String> flat(String text) {
    SortedMap<String, String> values = new TreeMap<>();
    add("", LaterKeys.with(ConfigFactory.parseString(text)).root(), values);
    return values;
  }

  // By hand, since variables of the environment are not resolved here.
  private static void add(String path, ConfigObject section, SortedMap<String, String> into) {
    for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
      String key = path + entry.getKey();
      if (entry.getValue() instanceof ConfigObject inner) {
        add(key + ".", inner, into);
      } else {
        into.put(key, entry.getValue().render(ConfigRenderOptions.concise()));
      }
    }
  }
}
