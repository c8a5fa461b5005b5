package io.blockwise.job.training.progress;

import io.blockwise.job.report.Progress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a run shows to whoever monitors it: the figures of its progress line, by their names. */
final class RunGauges {
  private RunGauges() {}

  /**
   * Figures that may be asked for at any time, by any thread; NaN as long as they are not known.
   *
   * @param progress where the run stands; null before it trains
   * @param lost leases that were lost so far
   */
  static Map<String, Supplier<? extends Number>> of(
      int blocks, Supplier<Progress> progress, Supplier<Long> lost) {
    Map<String, Supplier<? extends Number>> gauges = new LinkedHashMap<>();
    add(gauges, "epoch", progress, now -> (double) now.epoch());
    add(gauges, "epochs", progress, now -> (double) now.epochs());
    add(gauges, "fraction", progress, Progress::fraction);
    add(gauges, "workers", progress, now -> (double) now.workers());
    add(gauges, "examples", progress, now -> (double) now.examples());
    add(gauges, "examples_per_second", progress, Progress::examplesPerSecond);
    gauges.put("leases_lost", lost);
    for (int k = 0; k < blocks; k++) {
      int block = k;
      String name = "block." + (k + 1) + ".";
      add(gauges, name + "loss", progress, now -> entry(now.losses(), block));
      add(gauges, name + "accuracy", progress, now -> entry(now.accuracies(), block));
    }
    return gauges;
  }

  private static void add(
      Map<String, Supplier<? extends Number>> gauges,
      String name,
      Supplier<Progress> progress,
      Function<Progress, Double> figure) {
    gauges.put(
        name,
        () -> {
          Progress now = progress.get();
          return now == null ? Double.NaN : figure.apply(now);
        });
  }

  private static double entry(List<Double> ofBlocks, int block) {
    Double value = block < ofBlocks.size() ? ofBlocks.get(block) : null;
    return value == null ? Double.NaN : value;
  }
}
