package io.blockwise.job.training;

import io.blockwise.model.network.StepFigures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Figures of the running epoch, gathered from all workers step by step. Thread-safe. */
final class LiveFigures {
  private final double[] losses;
  private final long[] rows;
  private final long[] correct;
  private long examples;

  LiveFigures(int blocks) {
    losses = new double[blocks];
    rows = new long[blocks];
    correct = new long[blocks];
  }

  /** Counts a step of one worker; blocks that skipped the batch do not count. */
  synchronized void add(List<StepFigures> step) {
    examples += step.get(0).examples();
    for (int k = 0; k < step.size(); k++) {
      StepFigures block = step.get(k);
      if (block.finite()) {
        losses[k] += block.loss() * block.examples();
        rows[k] += block.examples();
        correct[k] += block.correct();
      }
    }
  }

  synchronized long examples() {
    return examples;
  }

  /** Whether there is a mean for every block. */
  synchronized boolean isComplete() {
    return Arrays.stream(rows).allMatch(count -> count > 0);
  }

  /** Mean loss per row of every block; NaN before its first step. */
  synchronized List<Double> losses() {
    List<Double> means = new ArrayList<>();
    for (int k = 0; k < losses.length; k++) {
      means.add(losses[k] / rows[k]);
    }
    return means;
  }

  /** Accuracy of every block on the batches, before each update; NaN before its first step. */
  synchronized List<Double> accuracies() {
    List<Double> shares = new ArrayList<>();
    for (int k = 0; k < correct.length; k++) {
      shares.add((double) correct[k] / rows[k]);
    }
    return shares;
  }
}
