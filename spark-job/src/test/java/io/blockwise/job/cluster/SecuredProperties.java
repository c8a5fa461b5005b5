package io.blockwise.job.cluster;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** What {@code conf/spark-cluster.properties} says of security. */
final class SecuredProperties {
  private static final Path FILE = Path.of("..", "conf", "spark-cluster.properties");

  private SecuredProperties() {}

  /** The file's own, and the secret that a cluster of one's own needs beside them. */
  static Map<String, String> with(String secret) throws IOException {
    Properties all = new Properties();
    try (Reader reader = Files.newBufferedReader(FILE)) {
      all.load(reader);
    }
    Map<String, String> security = new HashMap<>();
    for (String key : all.stringPropertyNames()) {
      if (key.matches("spark\\.(authenticate|network\\..*|io\\.encryption\\..*)")) {
        security.put(key, all.getProperty(key));
      }
    }
    security.put("spark.authenticate.secret", secret);
    return security;
  }
}
