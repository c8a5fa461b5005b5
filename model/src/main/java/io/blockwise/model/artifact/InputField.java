package io.blockwise.model.artifact;

import static io.blockwise.base.Checks.invalid;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.base.IfAbsent;
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
   * Texts: cleaned, cut into tokens, and turned into the ids that the model's vocabulary has of
   * them, at most so many.
   *
   * @param tokenizer what cuts them: {@code standard}, {@code whitespace} or {@code characters}
   * @param stripTags whether tags of HTML are dropped before
   * @param lowerCase whether letters become small
   * @param dropStopWords whether the commonest English words are dropped
   * @param vocabularySize ids there are, padding 0 and unknown 1 included
   * @param maxLength tokens behind which a text is cut off
   */
  record Tokens(
      String tokenizer,
      boolean stripTags,
      boolean lowerCase,
      boolean dropStopWords,
      int vocabularySize,
      int maxLength)
      implements InputField {
    public Tokens {
      Shape.tokens(maxLength, vocabularySize);
    }

    /** {@code standard, tags stripped, lower case, 30000 ids, at most 60 tokens}. */
    @Override
    public String toString() {
      return tokenizer
          + (stripTags ? ", tags stripped" : "")
          + (lowerCase ? ", lower case" : "")
          + (dropStopWords ? ", no stop words" : "")
          + ", "
          + vocabularySize
          + " ids, at most "
          + maxLength
          + (maxLength == 1 ? " token" : " tokens");
    }

    @Override
    public void requireFits(Shape input) {
      Shape own = Shape.tokens(maxLength, vocabularySize);
      if (!input.equals(own)) {
        throw invalid("tokens", own, "must be " + input + ", as the network reads them");
      }
    }
  }

  /**
   * Numbers: that of a column becomes {@code (value - mean) / std}, and a missing one, if there may
   * be such, 0.
   *
   * <p>Always true: as many means and deviations as columns, at least one; all finite, deviations
   * above 0.
   *
   * @param columns their names, in the order of the numbers
   * @param mean one per column, of the training split's rows that have it
   * @param std likewise; 1 where the column is the same in all of them
   * @param missingAsMean whether a row may lack some of them, which then count as the mean; not in
   *     the file if false
   */
  record Numbers(
      List<String> columns,
      List<Double> mean,
      List<Double> std,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) @IfAbsent("false") boolean missingAsMean)
      implements InputField {
    /** Numbers of which a row has all. */
    public Numbers(List<String> columns, List<Double> mean, List<Double> std) {
      this(columns, mean, std, false);
    }

    public Numbers {
      columns = List.copyOf(columns);
      mean = List.copyOf(mean);
      std = List.copyOf(std);
      boolean many = mean.size() == columns.size() && std.size() == columns.size();
      boolean finite = mean.stream().allMatch(Double::isFinite);
      boolean positive = std.stream().allMatch(value -> Double.isFinite(value) && value > 0);
      if (columns.isEmpty() || !many || !finite || !positive) {
        throw invalid(
            "numbers",
            columns + " of mean " + mean + ", std " + std,
            "must be one finite mean and one std above 0 per column");
      }
    }

    /** {@code columns price, year}. */
    @Override
    public String toString() {
      return "columns "
          + String.join(", ", columns)
          + (missingAsMean ? ", missing ones as the mean" : "");
    }

    @Override
    public void requireFits(Shape input) {
      Shape own = Shape.vector(columns.size());
      if (!input.equals(own)) {
        throw invalid("numbers", own, "must be " + input + ", as the network reads them");
      }
    }
  }

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
