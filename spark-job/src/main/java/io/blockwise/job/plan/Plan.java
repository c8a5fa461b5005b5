package io.blockwise.job.plan;

import io.blockwise.job.config.Settings;
import io.blockwise.model.spec.NetworkSpec;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a training would take. Immutable.
 *
 * @param dataset its directory
 * @param workers that train at once
 * @param schedule empty if the rows of the data set are not known yet
 * @param exchange the same
 * @param process an executor, or the driver if all workers are in it
 * @param driverHeap that is live in a driver whose workers are elsewhere
 */
record Plan(
    Settings settings,
    NetworkSpec network,
    String dataset,
    Rows rows,
    Offer offer,
    int workers,
    Optional<Schedule> schedule,
    Optional<Exchange> exchange,
    Rehearsal.Result rehearsal,
    Memory process,
    long driverHeap) {
  /**
   * Works it out.
   *
   * @param run id of the run, which messages carry
   * @param heap that the processes with workers are given; empty if that is not set
   */
  static Plan of(
      Settings settings,
      NetworkSpec network,
      String dataset,
      Rows rows,
      Offer offer,
      Rehearsal.Result rehearsal,
      String run,
      OptionalLong heap) {
    int workers = offer.workers(settings);
    Optional<Schedule> schedule =
        rows.isCounted()
            ? Optional.of(Schedule.of(settings, rows.train(), workers))
            : Optional.empty();
    MemoryModel memory =
        new MemoryModel(settings, rehearsal, rows.bytes(), rows.shape().elements(), workers);
    return new Plan(
        settings,
        network,
        dataset,
        rows,
        offer,
        workers,
        schedule,
        schedule.map(
            known ->
                Exchange.of(
                    run,
                    rehearsal.blocks(),
                    settings.averaging().options(),
                    known.steps(),
                    leases(settings, known, rehearsal.secondsPerStep()))),
        rehearsal,
        offer.isLocal()
            ? memory.driverWithWorkers(heap)
            : memory.executor(offer.workersPerProcess(workers), heap),
        memory.driverHeap());
  }

  /**
   * Leases of a worker in an epoch; the first of them, which is to find out its speed, is short.
   */
  private static int leases(Settings settings, Schedule schedule, double secondsPerStep) {
    int seconds = settings.lease().seconds();
    if (seconds == 0 || settings.isDeterministic()) {
      return 1;
    }
    int most = schedule.shards().stream().mapToInt(Integer::intValue).max().orElse(1);
    return (int) Math.min(most, 1 + Math.ceil(schedule.longest() * secondsPerStep / seconds));
  }

  /** Training clock of an epoch in seconds, if executors are as fast as this machine. */
  Optional<Double> epochSeconds() {
    return schedule.map(known -> known.longest() * rehearsal.secondsPerStep());
  }
}
