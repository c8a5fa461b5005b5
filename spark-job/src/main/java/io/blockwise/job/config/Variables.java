package io.blockwise.job.config;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/**
 * The environment variables that a configuration may name. A driver on another machine has others
 * than the one who submits, so those that a configuration names go along in a file: in Spark's
 * properties or in the command of a container everybody who sees the application could read them.
 */
public final class Variables {
  /** Spark property that names the file, in the driver's working directory. */
  public static final String FILE = "spark.blockwise.environment";

  private Variables() {}

  /**
   * Those of this process, and over them those of the file that went along.
   *
   * @throws UserException if that cannot be read
   */
  public static Map<String, String> current() {
    String file = System.getProperty(FILE, "");
    if (file.isEmpty()) {
      return System.getenv();
    }
    Map<String, String> all = new HashMap<>(System.getenv());
    Properties along = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
      along.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.cannot(
          "read " + file,
          "the variables of the one who submits are in it: " + e.getMessage(),
          "submit with bin/blockwise, or leave " + FILE + " out",
          e);
    }
    along.stringPropertyNames().forEach(name -> all.put(name, along.getProperty(name)));
    return all;
  }

  /** Writes a file for {@link #current()}. */
  public static void write(Map<String, String> variables, Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (String name : new TreeSet<>(variables.keySet())) {
        Properties one = new Properties();
        one.setProperty(name, variables.get(name));
        one.store(writer, null);
      }
    }
  }
}
