package io.blockwise.job.input;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Where the job's Hadoop configuration comes from. */
public final class HadoopSettings {
  private HadoopSettings() {}

  /**
   * Hadoop's files of the class path, with the properties {@code spark.hadoop.*} over them, as
   * Spark itself sees them.
   */
  public static Configuration current() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }
}
