package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model has to reach to be published: {@code validation-accuracy >= latest - 0.005}, or a
 * number in place of {@code latest - 0.005}. Accuracies are shares, of the last block. Immutable.
 *
 * @param text as it was written
 * @param ofLatest whether the published model's accuracy is what {@code least} is added to
 * @param least to be reached
 */
public record PublishCondition(String text, boolean ofLatest, double least) {
  private static final Pattern FORM =
      Pattern.compile(
          "validation-accuracy\\s*>=\\s*"
              + "(?:(latest)(?:\\s*([+-])\\s*([0-9]*\\.?[0-9]+))?|([0-9]*\\.?[0-9]+))");

  /**
   * Reads a condition.
   *
   * @param text empty for none
   * @throws io.blockwise.base.InvalidValueException if it is no condition
   */
  static PublishCondition of(String text) {
    if (text.isBlank()) {
      return new PublishCondition("", false, Double.NEGATIVE_INFINITY);
    }
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw invalid(
          "publish.if",
          text,
          "must be empty, or like validation-accuracy >= latest - 0.005, or validation-accuracy >="
              + " 0.9");
    }
    if (parts.group(1) == null) {
      return new PublishCondition(text.strip(), false, share(text, parts.group(4)));
    }
    double by = parts.group(3) == null ? 0 : share(text, parts.group(3));
    return new PublishCondition(text.strip(), true, "-".equals(parts.group(2)) ? -by : by);
  }

  private static double share(String text, String number) {
    double share = Double.parseDouble(number);
    if (share > 1) {
      throw invalid("publish.if", text, "must compare with a share from 0 to 1, not " + number);
    }
    return share;
  }

  /**
   * Compares.
   *
   * @param reached validation accuracy of the last block, 0..1
   * @param latest the same of the published model; empty if there is none
   */
  public Verdict verdict(double reached, OptionalDouble latest) {
    double asked = ofLatest ? latest.orElse(Double.NEGATIVE_INFINITY) + least : least;
    return new Verdict(reached >= asked, reached, latest, asked);
  }

  /**
   * What came of it. Immutable.
   *
   * @param publish whether the model is published
   * @param reached by the model
   * @param latest of the published model
   * @param asked what it had to reach
   */
  public record Verdict(boolean publish, double reached, OptionalDouble latest, double asked) {
    /** Both figures and what was asked for. */
    @Override
    public String toString() {
      String other =
          latest.isPresent()
              ? String.format(
                  Locale.ROOT, ", the published version's %.2f %%", 100 * latest.getAsDouble())
              : "";
      return String.format(
          Locale.ROOT,
          "its validation accuracy is %.2f %%%s, and %.2f %% was asked for",
          100 * reached,
          other,
          100 * asked);
    }
  }
}
