package io.blockwise.job.cluster;

import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Submits jobs that return at once, in the run's own FAIR pool, and in the job group of whoever
 * started the run, which is how the run is cancelled. Used by the driver's thread.
 */
final class Submission {
  private static final String POOL = "spark.scheduler.pool";
  private static final String GROUP = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";
  private static final String INTERRUPT = "spark.job.interruptOnCancel";
  private static final List<String> OWN =
      List.of(POOL, GROUP, DESCRIPTION, INTERRUPT, TaskWatch.KEY);

  private final JavaSparkContext context;
  private final String run;
  private final String group;
  private final WorkerPlaces places;

  Submission(JavaSparkContext context, String run, WorkerPlaces places) {
    this.context = context;
    this.run = run;
    this.places = places;
    group = Optional.ofNullable(context.getLocalProperty(GROUP)).orElse("blockwise-" + run);
  }

  /**
   * A job of one task, on the wanted executor if that is free soon.
   *
   * @param key that the job's tasks are known by to a {@link TaskWatch}
   */
  <A, T> JavaFutureAction<List<T>> start(
      A value, String key, Optional<String> wanted, Function<A, T> task) {
    Seq<Tuple2<A, Seq<String>>> preferred =
        seq(List.of(new Tuple2<>(value, seq(wanted.flatMap(places::location).stream().toList()))));
    return submit(new JavaRDD<>(context.sc().makeRDD(preferred, tag()), tag()).map(task), key);
  }

  // as JavaSparkContext does it: elements are objects, whatever their type
  @SuppressWarnings("unchecked")
  private static <A> ClassTag<A> tag() {
    return (ClassTag<A>) ClassTag$.MODULE$.AnyRef();
  }

  // Local properties belong to the thread, and may be those of whoever called the job.
  private <T> JavaFutureAction<List<T>> submit(JavaRDD<T> rdd, String key) {
    List<String> before = OWN.stream().map(context::getLocalProperty).toList();
    context.setLocalProperty(POOL, "blockwise-" + run);
    context.setLocalProperty(TaskWatch.KEY, key);
    context.setJobGroup(group, key, true);
    try {
      return places
          .task()
          .profile(context.getConf())
          .map(rdd::withResources)
          .orElse(rdd)
          .collectAsync();
    } finally {
      for (int i = 0; i < OWN.size(); i++) {
        context.setLocalProperty(OWN.get(i), before.get(i));
      }
    }
  }

  private static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toSeq();
  }
}
