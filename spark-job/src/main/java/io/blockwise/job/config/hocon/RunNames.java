package io.blockwise.job.config.hocon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.parser.ConfigDocument;
import com.typesafe.config.parser.ConfigDocumentFactory;
import io.blockwise.base.UserException;
import java.util.Set;

/**
 * Refuses two runs of one name in a text. The library would make one of both, the second over the
 * first, without a word. Used by one thread.
 */
final class RunNames {
  private static final String RUNS = "compare.runs";
  private static final String MARK = "ca0f5e1d";

  private RunNames() {}

  /**
   * Checks a text.
   *
   * @param parsed the same text
   * @throws UserException for the first name that stands twice
   */
  static void refuseRepeated(String text, Config parsed) {
    Set<String> names = names(parsed);
    if (names.isEmpty()) {
      return;
    }
    ConfigDocument document = ConfigDocumentFactory.parseString(text);
    for (String name : names) {
      String path = RUNS + "." + ConfigUtil.joinPath(name);
      if (document.hasPath(path) && isRepeated(text, document, path)) {
        ConfigValue last = ((ConfigObject) parsed.getValue(RUNS)).get(name);
        throw UserException.cannot(
            "read " + RUNS + "." + name + Location.of(last),
            "two sections have this name",
            "give each run a name of its own, and all of its keys in one section");
      }
    }
  }

  private static Set<String> names(Config parsed) {
    try {
      return parsed.hasPath(RUNS) && parsed.getValue(RUNS) instanceof ConfigObject runs
          ? runs.keySet()
          : Set.of();
    } catch (ConfigException.NotResolved e) {
      return Set.of(); // it begins with a substitution: nothing stands here
    }
  }

  /** A new value takes the place of the last of several, and the others are removed. */
  private static boolean isRepeated(String text, ConfigDocument document, String path) {
    String changed = document.withValueText(path, MARK).render();
    int place = changed.indexOf(MARK);
    return place >= 0 && !text.startsWith(changed.substring(0, place));
  }
}
