package io.blockwise.cluster;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;

/**
 * Hadoop's settings of the jobs that a test runs in its own process, until it is closed. Used by
 * one test at a time.
 */
public final class JobSettings implements AutoCloseable {
  private final Map<String, String> properties;

  private JobSettings(Map<String, String> properties) {
    this.properties = properties;
  }

  /** Has jobs of this process use them. */
  public static JobSettings of(Map<String, String> hadoop) throws IOException {
    FileSystem.closeAll(); // those of the test before, at the same places
    Map<String, String> properties = properties(hadoop);
    properties.forEach(System::setProperty);
    return new JobSettings(properties);
  }

  /** The same as Spark's properties. */
  public static Map<String, String> properties(Map<String, String> hadoop) {
    return hadoop.entrySet().stream()
        .collect(Collectors.toMap(each -> "spark.hadoop." + each.getKey(), Map.Entry::getValue));
  }

  @Override
  public void close() throws IOException {
    properties.keySet().forEach(System::clearProperty);
    FileSystem.closeAll();
  }
}
