package io.blockwise.job.prediction;

import java.util.List;

/**
 * What a block answers. Immutable.
 *
 * @param label name of the class of the highest score, of equal ones the first
 * @param block that answered, from 1
 * @param scores one per class, in the order of the model's classes; higher is likelier
 */
public record Prediction(String label, int block, List<Float> scores) {
  public Prediction {
    scores = List.copyOf(scores);
  }
}
