package io.blockwise.data;

import io.blockwise.base.UserException;
import io.blockwise.base.files.FullDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Finds what the user must fix in what Spark makes of it. */
final class PreparationFailure {
  private static final String LOCAL = "spark.local.dir";

  private PreparationFailure() {}

  /** What to throw for a failure of the driver or of a task, which arrives wrapped. */
  static RuntimeException of(Exception thrown, SparkSession spark, PrepareOptions options) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException found) {
        return cause == thrown ? found : new UserException(found.getMessage(), thrown);
      }
    }
    Optional<String> full = FullDisk.fact(thrown);
    if (full.isPresent()) {
      return noRoom(full.get(), spark, options, thrown);
    }
    if (thrown instanceof IOException e) {
      return new UncheckedIOException(e);
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }

  // What lacks room for the data set itself says so where it is written; the rest is Spark's.
  private static UserException noRoom(
      String fact, SparkSession spark, PrepareOptions options, Exception thrown) {
    String local = spark.sparkContext().conf().get(LOCAL, System.getProperty("java.io.tmpdir"));
    return UserException.cannot(
        "prepare data set " + options.directory(),
        fact,
        "free some in %1$s = %2$s, or name a directory with more room: --conf %1$s=DIRECTORY"
            .formatted(LOCAL, local),
        thrown);
  }
}
