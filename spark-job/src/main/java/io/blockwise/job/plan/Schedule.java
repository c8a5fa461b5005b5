package io.blockwise.job.plan;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.Plans;
import java.util.Collections;
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
  /**
   * The schedule of a run whose leases are whole shares of an epoch. Shorter ones leave out more
   * rows.
   *
   * @param workers that train at once
   * @throws io.blockwise.base.UserException if the data set is too small for them
   */
  static Schedule of(Settings settings, List<Shard> train, int workers) {
    Plans.requireEnough(settings, train);
    int batch = settings.training().batchSize();
    List<List<Shard>> first = Plans.shares(settings, train, workers, 1);
    List<Long> steps = steps(first, batch);
    long ofRun = 0;
    for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
      ofRun += sum(steps(Plans.shares(settings, train, workers, epoch), batch));
    }
    long leftOut = rows(train) - sum(steps) * batch;
    return new Schedule(first.stream().map(List::size).toList(), steps, leftOut, ofRun);
  }

  private static List<Long> steps(List<List<Shard>> shares, int batch) {
    return shares.stream().map(share -> rows(share) / batch).toList();
  }

  private static long rows(List<Shard> shards) {
    return shards.stream().mapToLong(Shard::rows).sum();
  }

  private static long sum(List<Long> steps) {
    return steps.stream().mapToLong(Long::longValue).sum();
  }

  /** Steps of all workers in the first epoch. */
  long stepsOfEpoch() {
    return sum(steps);
  }

  /** Steps of the worker that has most. */
  long longest() {
    return Collections.max(steps);
  }

  /**
   * Leases of a worker in an epoch; the first of them, which is to find out its speed, is short.
   */
  int leases(Settings settings, double secondsPerStep) {
    int seconds = settings.lease().seconds();
    if (seconds == 0 || settings.isDeterministic()) {
      return 1;
    }
    double needed = 1 + Math.ceil(longest() * secondsPerStep / seconds);
    return (int) Math.min(Collections.max(shards), needed);
  }
}
