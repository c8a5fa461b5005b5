package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.worker.Answers;
import io.blockwise.model.averaging.BlockState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Measures snapshots on executors, a job for each part of the rows. Parts that are lost are
 * measured again, elsewhere if that is possible. Used by the driver's thread.
 */
final class ClusterEvaluation {
  private final JavaSparkContext context;
  private final RunningJobs jobs;
  private final Broadcast<RunSetup> setup;
  private final IdleLimit idle;
  private final int maxFailures;
  private long number;

  /**
   * @param maxFailures of one part that end the run, {@code lease.max-failures}
   */
  ClusterEvaluation(
      JavaSparkContext context,
      RunningJobs jobs,
      Broadcast<RunSetup> setup,
      IdleLimit idle,
      int maxFailures) {
    this.context = context;
    this.jobs = jobs;
    this.setup = setup;
    this.idle = idle;
    this.maxFailures = maxFailures;
  }

  /** Some of the rows, and the job that measures them at present. */
  private static final class Part {
    private final int index;
    private final List<Shard> shards;
    private final Broadcast<List<BlockState>> snapshot;
    private final int failures;
    private TaskJob<Answers> job;

    Part(int index, List<Shard> shards, Broadcast<List<BlockState>> snapshot, int failures) {
      this.index = index;
      this.shards = shards;
      this.snapshot = snapshot;
      this.failures = failures;
    }
  }

  /** Name of an evaluation's job among those of a run. */
  static String name(long evaluation) {
    return "evaluation " + evaluation;
  }

  /**
   * Answers of every block on all rows.
   *
   * @param shares shards of every part
   * @param executors the one that a part should run on, by its number from 0
   * @param anyPlaces whether there is an executor
   * @param lost hears of every part that has to be measured again
   */
  Answers answers(
      List<BlockState> snapshot,
      List<List<Shard>> shares,
      IntFunction<Optional<String>> executors,
      BooleanSupplier anyPlaces,
      Consumer<String> lost)
      throws InterruptedException {
    idle.restart();
    List<Broadcast<?>> sent = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    try {
      Broadcast<List<BlockState>> shared = broadcast(snapshot, sent);
      for (int i = 0; i < shares.size(); i++) {
        parts.add(started(new Part(i, shares.get(i), shared, 0), executors));
      }
      Answers answers = new Answers(snapshot.size(), setup.value().plan().network().classes());
      while (!parts.isEmpty()) {
        for (Part part : List.copyOf(parts)) {
          Optional<JobEnd<Answers>> end = jobs.end(part.job);
          if (end.isPresent()) {
            parts.remove(part);
            if (end.get().result().isPresent()) {
              answers = answers.plus(end.get().result().get());
            } else {
              requireFewFailures(part, end.get());
              lost.accept(end.get().loss());
              // The pieces of the first one may be at an executor that does not hand them out.
              Broadcast<List<BlockState>> again = broadcast(snapshot, sent);
              parts.add(
                  started(new Part(part.index, part.shards, again, part.failures + 1), executors));
            }
          }
        }
        idle.require(anyPlaces.getAsBoolean());
        RunningJobs.pause();
      }
      return answers;
    } finally {
      parts.forEach(part -> jobs.giveUp(part.job));
      // destroyed, it would be an error for a job that Spark has yet to let go of
      sent.forEach(Broadcast::unpersist);
      idle.restart();
    }
  }

  private Broadcast<List<BlockState>> broadcast(
      List<BlockState> snapshot, List<Broadcast<?>> sent) {
    Broadcast<List<BlockState>> broadcast = context.broadcast(snapshot);
    sent.add(broadcast);
    return broadcast;
  }

  private Part started(Part part, IntFunction<Optional<String>> executors) {
    number++;
    EvaluationTask task = new EvaluationTask(setup, part.snapshot, number);
    part.job = jobs.start(name(number), part.shards, executors.apply(part.index), task);
    return part;
  }

  private void requireFewFailures(Part part, JobEnd<?> end) {
    IdleLimit.requireApplication(context);
    if (part.failures + 1 >= maxFailures) {
      throw new RunFailedException(
          "Cannot evaluate: the same rows were lost "
              + (part.failures + 1)
              + " times; last: "
              + end.loss()
              + " (look at the executors' logs and memory, or raise lease.max-failures)");
    }
  }
}
