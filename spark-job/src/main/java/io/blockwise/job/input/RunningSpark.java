package io.blockwise.job.input;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** The Spark application of this process: one that somebody has started, or the job's own. */
public final class RunningSpark {
  private RunningSpark() {}

  /** It, if it runs. */
  public static Optional<SparkContext> application() {
    var session = SparkSession.getDefaultSession();
    return session.isDefined() && !session.get().sparkContext().isStopped()
        ? Optional.of(session.get().sparkContext())
        : Optional.empty();
  }

  /** Its properties, or where none runs those of one that would be started. */
  public static SparkConf properties() {
    return application().map(SparkContext::getConf).orElseGet(SparkConf::new);
  }
}
