package io.blockwise.job.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.net.URL;

/** Where a value was written, as the end of a clause. Thread-safe. */
final class Location {
  private static final URL REFERENCE = reference();

  private Location() {}

  /** {@code " in conf/quickstart.conf:7"} or {@code " in --set"}; empty for a default. */
  static String of(ConfigValue value) {
    return value == null || isDefault(value) ? "" : " in " + name(value.origin());
  }

  /** {@code conf/quickstart.conf:7}. */
  static String name(ConfigOrigin origin) {
    String description = origin.description();
    String line = ": " + origin.lineNumber();
    return description.endsWith(line)
        ? description.substring(0, description.length() - line.length()) + line.replace(" ", "")
        : description;
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
