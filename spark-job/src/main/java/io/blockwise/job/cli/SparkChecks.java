package io.blockwise.job.cli;

import static io.blockwise.base.UserException.cannot;
import static io.blockwise.base.UserException.invalid;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Refuses in one line what Spark would refuse with a stack trace. Used by one thread. */
final class SparkChecks {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kmgt]?)");

  private final SparkOptions options;
  private final String master;

  SparkChecks(SparkOptions options) {
    this.options = options;
    this.master = options.master();
  }

  void check() {
    checkMemory();
    if (!options.command().equals("plan")) { // which goes nowhere
      checkMaster();
      checkSecret();
    }
  }

  private void checkMemory() {
    String driver = options.property("spark.driver.memory");
    if (!options.has("--driver-memory") && !driver.isEmpty()) {
      requireMemory("spark.driver.memory", driver, 1);
    }
    String executor = options.property("spark.executor.memory");
    String size = executor.replaceFirst("[bB]$", "");
    boolean used = !master.equals("local") && !master.startsWith("local[");
    if (!executor.isEmpty() && used) {
      requireMemory("spark.executor.memory", size, 1 << 20);
    } else if (!executor.isEmpty()) {
      bytes("spark.executor.memory", size, 1 << 20); // of no use here, but spark-submit reads it
    }
  }

  /**
   * Refuses what is no size or too small for Spark; {@code plain} is the unit of a plain number.
   */
  static void requireMemory(String key, String size, long plain) {
    if (bytes(key, size, plain) < 512L << 20) {
      throw invalid(
          key,
          size,
          "must be at least 512m: Spark takes 300 MiB for itself; bin/blockwise plan says what a"
              + " run needs");
    }
  }

  private static long bytes(String key, String size, long plain) {
    Matcher matcher = SIZE.matcher(size.toLowerCase(Locale.ROOT));
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw invalid(key, size, "must be a size such as 4g");
    }
    String unit = matcher.group(2);
    long bytes = unit.isEmpty() ? plain : 1L << 10 * (1 + "kmgt".indexOf(unit));
    return Long.parseLong(matcher.group(1)) * bytes;
  }

  private void checkMaster() {
    if (master.startsWith("local") && options.value("--deploy-mode").equals("cluster")) {
      throw cannot(
          "use --deploy-mode cluster with master " + master,
          "the driver runs on this machine",
          "leave it out");
    }
    if (master.equals("yarn")
        && !options.isSet("HADOOP_CONF_DIR")
        && !options.isSet("YARN_CONF_DIR")) {
      throw cannot(
          "use --master yarn",
          "neither HADOOP_CONF_DIR nor YARN_CONF_DIR is set",
          "export the folder of yarn-site.xml");
    }
    if (master.equals("yarn") && !options.isSet("SPARK_HOME")) {
      throw cannot(
          "use --master yarn",
          "SPARK_HOME is not set, and the Spark that comes along has no YARN",
          "set it to an installed Spark 3.5");
    }
    if (options.has("--proxy-user") && options.has("--principal")) {
      throw cannot(
          "use --proxy-user with --principal", "spark-submit takes one of them", "leave one out");
    }
  }

  /** YARN and Kubernetes make a secret for every application. */
  private void checkSecret() {
    if ((master.startsWith("spark://") || master.startsWith("local-cluster"))
        && options.property("spark.authenticate").equals("true")
        && options.property("spark.authenticate.secret").isEmpty()
        && !options.isSet("_SPARK_AUTH_SECRET")) {
      throw cannot(
          "use " + master + " with spark.authenticate",
          "there is no spark.authenticate.secret",
          "add the one of the cluster's master and workers to the properties, or set"
              + " spark.authenticate and spark.network.crypto.enabled to false");
    }
  }
}
