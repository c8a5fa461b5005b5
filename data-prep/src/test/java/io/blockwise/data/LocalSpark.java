package io.blockwise.data;

import org.apache.spark.sql.SparkSession;

/** A Spark of its own for a test class. */
public final class LocalSpark {
  private LocalSpark() {}

  public static SparkSession start(int cores) {
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .appName("test")
        .config("spark.ui.enabled", "false")
        .getOrCreate();
  }
}
