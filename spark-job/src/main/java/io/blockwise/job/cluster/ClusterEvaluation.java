package io.blockwise.job.cluster;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.cluster.TaskJob.End;
import io.blockwise.job.cluster.executor.ExecutorTasks;
import io.blockwise.job.cluster.executor.Outcome;
import io.blockwise.job.cluster.executor.RunSetup;
import io.blockwise.job.worker.Census;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.exits.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * Measures snapshots on executors, a job for each part of the rows. Parts that are lost are
 * measured again, elsewhere if that is possible. Used by the driver's thread.
 */
final class ClusterEvaluation {
  private final JavaSparkContext context;
  private final RunningJobs jobs;
  private final Broadcast<RunSetup> setup;
  private final WorkerPlaces places;
  private final int maxFailures;
  private long number;

  /**
   * @param maxFailures of one part that end the run, {@code lease.max-failures}
   */
  ClusterEvaluation(
      JavaSparkContext context,
      RunningJobs jobs,
      Broadcast<RunSetup> setup,
      WorkerPlaces places,
      int maxFailures) {
    this.context = context;
    this.jobs = jobs;
    this.setup = setup;
    this.places = places;
    this.maxFailures = maxFailures;
  }

  /** Some of the rows, and the job that measures them now. */
  private record Part<T extends Tally<T>>(
      int index, Census<T> census, int failures, TaskJob<T> job) {}

  /** Name of an evaluation's job among those of a run. */
  static String name(long evaluation) {
    return "evaluation " + evaluation;
  }

  /**
   * Counts what the blocks of a snapshot answer.
   *
   * @param shares what every part counts, at least one
   * @param executors the one that a part should run on, by its number from 0
   * @param lost learns why a part has to be measured again
   */
  <T extends Tally<T>> T count(
      List<BlockState> snapshot,
      List<Census<T>> shares,
      IntFunction<Optional<String>> executors,
      Consumer<String> lost)
      throws InterruptedException {
    Measurement<T> measurement =
        new Measurement<>(snapshot, shares.get(0).tally().none(), executors, lost);
    places.noteWork();
    try {
      Broadcast<List<BlockState>> shared = measurement.broadcast();
      for (int i = 0; i < shares.size(); i++) {
        measurement.start(i, shares.get(i), 0, shared);
      }
      while (!measurement.parts.isEmpty()) {
        measurement.collect();
        places.requireWork(places.count() > 0);
        RunningJobs.pause();
      }
      return measurement.sum;
    } finally {
      measurement.stop();
      places.noteWork();
    }
  }

  /** One snapshot that is being measured. */
  private final class Measurement<T extends Tally<T>> {
    private final List<BlockState> snapshot;
    private final IntFunction<Optional<String>> executors;
    private final Consumer<String> lost;
    private final List<Broadcast<?>> sent = new ArrayList<>();
    private final List<Part<T>> parts = new ArrayList<>();
    private T sum;

    Measurement(
        List<BlockState> snapshot,
        T none,
        IntFunction<Optional<String>> executors,
        Consumer<String> lost) {
      this.snapshot = snapshot;
      this.executors = executors;
      this.lost = lost;
      sum = none;
    }

    Broadcast<List<BlockState>> broadcast() {
      Broadcast<List<BlockState>> broadcast = context.broadcast(snapshot);
      sent.add(broadcast);
      return broadcast;
    }

    void start(int index, Census<T> census, int failures, Broadcast<List<BlockState>> values) {
      number++;
      Function<Census<T>, Outcome<T>> task = ExecutorTasks.evaluation(setup, values, number);
      TaskJob<T> job = jobs.start(name(number), census, executors.apply(index), task);
      parts.add(new Part<>(index, census, failures, job));
    }

    /** Adds up the parts that are done, and starts those anew that are lost. */
    void collect() throws InterruptedException {
      for (Part<T> part : List.copyOf(parts)) {
        Optional<End<T>> end = jobs.end(part.job);
        if (end.isPresent()) {
          parts.remove(part);
          take(part, end.get());
        }
      }
    }

    private void take(Part<T> part, End<T> end) {
      if (end instanceof End.Done<T> done) {
        sum = sum.plus(done.result());
      }
      if (end instanceof End.Lost<T> failed) {
        requireFewFailures(part, failed.reason());
        lost.accept(failed.reason());
        // The pieces of the first broadcast may be at an executor that does not hand them out.
        start(part.index, part.census, part.failures + 1, broadcast());
      }
    }

    void stop() {
      parts.forEach(part -> jobs.giveUp(part.job));
      // destroyed, it would be an error for a job that Spark has yet to let go of
      sent.forEach(Broadcast::unpersist);
    }
  }

  private void requireFewFailures(Part<?> part, String reason) {
    WorkerPlaces.requireApplication(context);
    if (part.failures + 1 >= maxFailures) {
      throw new RunFailedException(
          "Cannot evaluate: the same rows were lost "
              + (part.failures + 1)
              + " times; last: "
              + reason
              + " (look at the executors' logs and memory, or raise lease.max-failures)");
    }
  }
}
