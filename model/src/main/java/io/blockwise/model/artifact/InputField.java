package io.blockwise.model.artifact;

import static io.blockwise.base.Checks.invalid;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.model.spec.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * What a model keeps of a field of the rows that it was trained on, by the field's kind: all that
 * another row takes to become the network's input. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public sealed interface InputField extends Serializable {
  /**
   * Checks that a network reads such fields.
   *
   * @param input shape of one example that the network reads
   * @throws io.blockwise.base.InvalidValueException if it does not
   */
  void requireFits(Shape input);

  /**
   * Images: a channel's values, scaled to 0..1, become {@code (value - mean) / std}.
   *
   * <p>Always true: as many means as deviations, all finite, deviations above 0.
   *
   * @param flippable whether a mirrored image still shows its class
   * @param mean one per channel, of the training split
   * @param std one per channel, of the training split
   */
  record Image(boolean flippable, List<Double> mean, List<Double> std) implements InputField {
    public Image {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
      boolean finite = mean.stream().allMatch(Double::isFinite);
      boolean positive = std.stream().allMatch(value -> Double.isFinite(value) && value > 0);
      if (mean.size() != std.size() || mean.isEmpty() || !finite || !positive) {
        throw invalid(
            "normalisation",
            normalisation(mean, std),
            "must be one finite mean and one std above 0 per channel");
      }
    }

    @Override
    public void requireFits(Shape input) {
      int channels = input.requireMap("image").channels();
      if (mean.size() != channels) {
        throw invalid(
            "normalisation", normalisation(mean, std), "must be for " + channels + " channels");
      }
    }

    private static String normalisation(List<Double> mean, List<Double> std) {
      return "mean " + mean + ", std " + std;
    }
  }
}
