package io.blockwise.job.cluster;

import io.blockwise.job.worker.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.resource.ResourceProfile;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Submits jobs that return at once, in the run's own FAIR pool. Used by the driver's thread. */
final class LeaseJobs {
  private static final String POOL = "spark.scheduler.pool";

  private final JavaSparkContext context;
  private final String run;
  private final Optional<ResourceProfile> profile;

  /**
   * @param profile what a task takes; empty for Spark's default
   */
  LeaseJobs(JavaSparkContext context, String run, Optional<ResourceProfile> profile) {
    this.context = context;
    this.run = run;
    this.profile = profile;
  }

  /** A job of one task, at the preferred location if that is free soon. */
  <T> JavaFutureAction<List<T>> start(
      Lease lease, String key, Optional<String> location, Function<Lease, T> task) {
    return submit(rdd(List.of(lease), List.of(location)).map(task), "lease " + key, key);
  }

  /** A job of one task for each of the values, each at its preferred location if it has one. */
  <A, T> JavaFutureAction<List<T>> start(
      List<A> values, List<Optional<String>> locations, String name, Function<A, T> task) {
    return submit(rdd(values, locations).map(task), name + " of run " + run, null);
  }

  private <A> JavaRDD<A> rdd(List<A> values, List<Optional<String>> locations) {
    List<Tuple2<A, Seq<String>>> preferred = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      preferred.add(new Tuple2<>(values.get(i), seq(locations.get(i).stream().toList())));
    }
    return new JavaRDD<>(context.sc().makeRDD(seq(preferred), tag()), tag());
  }

  // as JavaSparkContext does it: elements are objects, whatever their type
  @SuppressWarnings("unchecked")
  private static <A> ClassTag<A> tag() {
    return (ClassTag<A>) ClassTag$.MODULE$.AnyRef();
  }

  // Local properties belong to the thread, and may be those of whoever called the job.
  private <T> JavaFutureAction<List<T>> submit(JavaRDD<T> rdd, String name, String key) {
    String poolBefore = context.getLocalProperty(POOL);
    context.setLocalProperty(POOL, "blockwise-" + run);
    context.setLocalProperty(TaskWatch.LEASE, key);
    context.setJobGroup("blockwise-" + run, name, true);
    try {
      return profile.map(rdd::withResources).orElse(rdd).collectAsync();
    } finally {
      context.clearJobGroup();
      context.setLocalProperty(TaskWatch.LEASE, null);
      context.setLocalProperty(POOL, poolBefore);
    }
  }

  private static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toSeq();
  }
}
