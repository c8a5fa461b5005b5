package io.blockwise.job;

/**
 * How a run tells YARN that it has failed, where its driver is a container: what main throws is in
 * the application's report, which is what {@code spark-submit}, the resource manager and {@code
 * yarn application -status} show. An exit code alone would say nothing there. One line, without a
 * stack trace, which is in the container's log where there is one.
 */
final class FailedApplication extends RuntimeException {
  FailedApplication(String line) {
    super(line, null, false, false);
  }

  /** Whether this process is such a driver. */
  static boolean isReported() {
    return System.getProperty("spark.master", "").equals("yarn")
        && System.getProperty("spark.submit.deployMode", "").equals("cluster");
  }
}
