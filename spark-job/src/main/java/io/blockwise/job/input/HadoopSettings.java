package io.blockwise.job.input;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Where the job's Hadoop configuration comes from. */
public final class HadoopSettings {
  private HadoopSettings() {}

  /**
   * That of the application which runs in this process, and where none does what it would be:
   * Hadoop's files of the class path, with the properties {@code spark.hadoop.*} over them.
   */
  public static Configuration current() {
    return RunningSpark.application()
        .map(SparkContext::hadoopConfiguration)
        .map(Configuration::new)
        .orElseGet(() -> SparkHadoopUtil.get().newConfiguration(new SparkConf()));
  }
}
