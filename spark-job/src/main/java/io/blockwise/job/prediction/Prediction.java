package io.blockwise.job.prediction;

import io.blockwise.model.network.Answered;
import java.util.Arrays;
import java.util.List;

/**
 * The answer to one example. Immutable.
 *
 * @param label name of the class of the highest probability, of equal ones the first
 * @param block that answered, from 1
 * @param confidence the highest probability
 * @param probabilities one per class, in the order of the model's classes
 */
public record Prediction(String label, int block, double confidence, List<Double> probabilities) {
  public Prediction {
    probabilities = List.copyOf(probabilities);
  }

  /** Names the class of an answer. */
  public static Prediction of(Answered answered, List<String> classes) {
    return new Prediction(
        classes.get(answered.said().label()),
        answered.block(),
        answered.said().confidence(),
        Arrays.stream(answered.said().probabilities()).boxed().toList());
  }
}
