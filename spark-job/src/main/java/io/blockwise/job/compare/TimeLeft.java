package io.blockwise.job.compare;

import io.blockwise.job.config.comparison.Comparison.Run;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Estimates when all runs will be done: a run takes as long as others of its configuration have
 * taken, or as it has gone so far, or as runs take on average. Thread-safe.
 */
final class TimeLeft {
  /** Share of a run from which on it tells how long it will take. */
  private static final double TELLING = 0.02;

  private final LongSupplier nanoTime;
  private final int parallel;
  private final List<Run> waiting;
  private final Map<Run, Long> starts = new HashMap<>();
  private final Map<Run, Double> fractions = new HashMap<>();
  private final Map<String, List<Double>> seconds = new HashMap<>();

  /**
   * @param waiting runs that are yet to be made
   * @param parallel that are made at once
   */
  TimeLeft(List<Run> waiting, int parallel, LongSupplier nanoTime) {
    this.waiting = new ArrayList<>(waiting);
    this.parallel = parallel;
    this.nanoTime = nanoTime;
  }

  /** Notes a run that has begun. */
  synchronized void started(Run run) {
    waiting.remove(run);
    starts.put(run, nanoTime.getAsLong());
    fractions.put(run, 0.0);
  }

  /** Notes a run that has ended, successfully or not. */
  synchronized void ended(Run run) {
    starts.remove(run);
    fractions.remove(run);
  }

  /** Notes how long a run has taken, now or earlier. */
  synchronized void took(Run run, double time) {
    seconds.computeIfAbsent(run.configuration(), name -> new ArrayList<>()).add(time);
  }

  /** Seconds until all are done, given how far a run is; NaN if nothing tells yet. */
  synchronized double seconds(Run run, double fraction) {
    fractions.replace(run, fraction);
    List<Double> known = new ArrayList<>();
    seconds.values().forEach(known::addAll);
    starts.keySet().forEach(each -> estimate(each).ifPresent(known::add));
    double usual = known.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double sum = 0;
    for (Run each : waiting) {
      sum += ofConfiguration(each).orElse(usual);
    }
    for (Map.Entry<Run, Double> each : fractions.entrySet()) {
      double whole = estimate(each.getKey()).orElse(ofConfiguration(each.getKey()).orElse(usual));
      sum += whole * (1 - each.getValue());
    }
    return sum / Math.max(1, Math.min(parallel, waiting.size() + fractions.size()));
  }

  private OptionalDouble ofConfiguration(Run run) {
    List<Run> going =
        starts.keySet().stream()
            .filter(each -> each.configuration().equals(run.configuration()))
            .toList();
    List<Double> known = new ArrayList<>(seconds.getOrDefault(run.configuration(), List.of()));
    going.forEach(each -> estimate(each).ifPresent(known::add));
    return known.stream().mapToDouble(Double::doubleValue).average();
  }

  /** What a run will have taken in all, by what it has taken so far. */
  private OptionalDouble estimate(Run run) {
    double fraction = fractions.get(run);
    double elapsed = (nanoTime.getAsLong() - starts.get(run)) / 1e9;
    return fraction < TELLING ? OptionalDouble.empty() : OptionalDouble.of(elapsed / fraction);
  }
}
