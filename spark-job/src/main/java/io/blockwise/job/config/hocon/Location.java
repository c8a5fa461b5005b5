package io.blockwise.job.config.hocon;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.net.URL;
import java.util.Arrays;

/** Where a value was written, as the end of a clause. Thread-safe. */
public final class Location {
  private static final URL REFERENCE = reference();

  private Location() {}

  /** {@code " in conf/quickstart.conf:7"} or {@code " in --set"}; empty for a default. */
  public static String of(ConfigValue value) {
    return value == null || isDefault(value) ? "" : " in " + name(value.origin());
  }

  /** {@code conf/quickstart.conf:7}; of a text in several parts, where the first was written. */
  static String name(ConfigOrigin origin) {
    String[] parts = origin.description().replaceFirst("^merge of ", "").split(",", -1);
    boolean merged = origin.description().startsWith("merge of ");
    String written =
        Arrays.stream(merged ? parts : new String[] {origin.description()})
            .filter(part -> !Sources.isVariable(part))
            .findFirst()
            .orElse(parts[0]);
    return written.replaceFirst(": (\\d+(?:-\\d+)?)$", ":$1");
  }

  /** The declaration of all keys that belongs to this class: other libraries may have their own. */
  static URL referenceFile() {
    return REFERENCE;
  }

  private static boolean isDefault(ConfigValue value) {
    return value.origin().url() != null
        && value.origin().url().toString().equals(REFERENCE.toString());
  }

  private static URL reference() {
    try {
      String self = Location.class.getName().replace('.', '/') + ".class";
      String url = Location.class.getClassLoader().getResource(self).toString();
      return new URL(url.substring(0, url.length() - self.length()) + "reference.conf");
    } catch (java.net.MalformedURLException e) {
      throw new AssertionError("A class without a place", e);
    }
  }
}
