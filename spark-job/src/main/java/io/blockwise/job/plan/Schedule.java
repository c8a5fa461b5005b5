package io.blockwise.job.plan;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.Plans;
import java.util.ArrayList;
import java.util.List;

/**
 * How the rows of an epoch are shared and how many steps that makes. Immutable.
 *
 * @param shards of every worker in the first epoch
 * @param steps of every worker in the first epoch, in full batches
 * @param rowsLeftOut of the first epoch, in incomplete batches
 * @param stepsOfRun of all workers in all epochs
 */
record Schedule(List<Integer> shards, List<Long> steps, long rowsLeftOut, long stepsOfRun) {
  Schedule {
    shards = List.copyOf(shards);
    steps = List.copyOf(steps);
  }

  /**
   * The schedule of a run whose leases are whole shares of an epoch. Shorter ones leave out more
   * rows.
   *
   * @param workers that train at once
   * @throws io.blockwise.base.UserException if the data set is too small for them
   */
  static Schedule of(Settings settings, List<Shard> train, int workers) {
    Plans.requireEnough(settings, train);
    List<List<Shard>> first = Plans.shares(settings, train, workers, 1);
    List<Long> steps = steps(settings, first);
    long rows = train.stream().mapToLong(Shard::rows).sum();
    long trained = sum(steps) * settings.training().batchSize();
    long all = 0;
    for (int epoch = 1; epoch <= settings.training().epochs(); epoch++) {
      all += sum(steps(settings, Plans.shares(settings, train, workers, epoch)));
    }
    return new Schedule(first.stream().map(List::size).toList(), steps, rows - trained, all);
  }

  private static List<Long> steps(Settings settings, List<List<Shard>> shares) {
    List<Long> steps = new ArrayList<>();
    for (List<Shard> share : shares) {
      long rows = share.stream().mapToLong(Shard::rows).sum();
      steps.add(rows / settings.training().batchSize());
    }
    return steps;
  }

  private static long sum(List<Long> steps) {
    return steps.stream().mapToLong(Long::longValue).sum();
  }

  int workers() {
    return steps.size();
  }

  /** Steps of all workers in the first epoch. */
  long stepsOfEpoch() {
    return sum(steps);
  }

  /** Steps of the worker that has most. */
  long longest() {
    return steps.stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
