package io.blockwise.job.cluster;

import io.blockwise.job.exchange.LeaseFigures;
import io.blockwise.job.worker.StepSums;
import java.util.List;
import java.util.stream.IntStream;

/** Figures of steps on their way through the exchange. */
final class Figures {
  private Figures() {}

  static LeaseFigures sent(StepSums sums) {
    List<StepSums.BlockSum> blocks = sums.blocks();
    return new LeaseFigures(
        sums.examples(),
        blocks.stream().mapToDouble(StepSums.BlockSum::loss).boxed().toList(),
        blocks.stream().mapToLong(StepSums.BlockSum::rows).boxed().toList(),
        blocks.stream().mapToLong(StepSums.BlockSum::correct).boxed().toList());
  }

  static StepSums received(LeaseFigures figures) {
    return new StepSums(
        figures.examples(),
        IntStream.range(0, figures.lossSums().size())
            .mapToObj(
                k ->
                    new StepSums.BlockSum(
                        figures.lossSums().get(k), figures.rows().get(k), figures.correct().get(k)))
            .toList());
  }
}
