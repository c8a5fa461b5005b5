package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.cluster.TaskJob.End;
import io.blockwise.job.cluster.executor.ExecutorTasks;
import io.blockwise.job.cluster.executor.Outcome;
import io.blockwise.job.cluster.executor.RunSetup;
import io.blockwise.job.worker.Answers;
import io.blockwise.model.averaging.BlockState;
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
  private record Part(int index, List<Shard> shards, int failures, TaskJob<Answers> job) {}

  /** Name of an evaluation's job among those of a run. */
  static String name(long evaluation) {
    return "evaluation " + evaluation;
  }

  /**
   * Answers of every block on all rows.
   *
   * @param shares shards of every part
   * @param executors the one that a part should run on, by its number from 0
   * @param lost learns why a part has to be measured again
   */
  Answers answers(
      List<BlockState> snapshot,
      List<List<Shard>> shares,
      IntFunction<Optional<String>> executors,
      Consumer<String> lost)
      throws InterruptedException {
    Measurement measurement = new Measurement(snapshot, executors, lost);
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
      return measurement.answers;
    } finally {
      measurement.stop();
      places.noteWork();
    }
  }

  /** One snapshot that is being measured. */
  private final class Measurement {
    private final List<BlockState> snapshot;
    private final IntFunction<Optional<String>> executors;
    private final Consumer<String> lost;
    private final List<Broadcast<?>> sent = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private Answers answers;

    Measurement(
        List<BlockState> snapshot, IntFunction<Optional<String>> executors, Consumer<String> lost) {
      this.snapshot = snapshot;
      this.executors = executors;
      this.lost = lost;
      answers = new Answers(snapshot.size(), setup.value().plan().network().classes());
    }

    Broadcast<List<BlockState>> broadcast() {
      Broadcast<List<BlockState>> broadcast = context.broadcast(snapshot);
      sent.add(broadcast);
      return broadcast;
    }

    void start(int index, List<Shard> shards, int failures, Broadcast<List<BlockState>> values) {
      number++;
      Function<List<Shard>, Outcome<Answers>> task =
          ExecutorTasks.evaluation(setup, values, number);
      TaskJob<Answers> job = jobs.start(name(number), shards, executors.apply(index), task);
      parts.add(new Part(index, shards, failures, job));
    }

    /** Adds up the parts that are done, and starts those anew that are lost. */
    void collect() throws InterruptedException {
      for (Part part : List.copyOf(parts)) {
        Optional<End<Answers>> end = jobs.end(part.job);
        if (end.isPresent()) {
          parts.remove(part);
          take(part, end.get());
        }
      }
    }

    private void take(Part part, End<Answers> end) {
      if (end instanceof End.Done<Answers> done) {
        answers = answers.plus(done.result());
      }
      if (end instanceof End.Lost<Answers> failed) {
        requireFewFailures(part, failed.reason());
        lost.accept(failed.reason());
        // The pieces of the first broadcast may be at an executor that does not hand them out.
        start(part.index, part.shards, part.failures + 1, broadcast());
      }
    }

    void stop() {
      parts.forEach(part -> jobs.giveUp(part.job));
      // destroyed, it would be an error for a job that Spark has yet to let go of
      sent.forEach(Broadcast::unpersist);
    }
  }

  private void requireFewFailures(Part part, String reason) {
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
