package io.blockwise.job.report;

import java.util.List;

/**
 * Where a run stands.
 *
 * @param epoch the present one, from 1
 * @param epochs that will be trained
 * @param fraction of the run's training that is done, 0..1
 * @param examples rows that all workers have trained on, in the whole run
 * @param examplesPerSecond of all workers together, recently
 * @param losses mean local loss of every block, recently, in block order; may be empty
 * @param accuracies of every block on validation, 0..1, at the last evaluation; empty before it
 * @param workers that train at present
 * @param averaging how the workers' pushes are folded
 */
public record Progress(
    int epoch,
    int epochs,
    double fraction,
    long examples,
    double examplesPerSecond,
    List<Double> losses,
    List<Double> accuracies,
    int workers,
    Averaging averaging) {
  public Progress {
    losses = List.copyOf(losses);
    accuracies = List.copyOf(accuracies);
  }

  /**
   * How pushes are folded. Immutable.
   *
   * @param staleness mean of recent pushes, in rounds
   * @param gains by which the steps of every block's average are lengthened, in block order; empty
   *     without {@code averaging.gain}
   * @param rates learning rate of every block, in block order; empty if the number of workers makes
   *     no difference to it
   */
  public record Averaging(double staleness, List<Double> gains, List<Double> rates) {
    public Averaging {
      gains = List.copyOf(gains);
      rates = List.copyOf(rates);
    }
  }
}
