package io.blockwise.data.source.text.record;

import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The columns of the user's own tables that are read, by their names, or by their numbers from 1 in
 * files without names. Immutable.
 *
 * @param label of the labels
 * @param texts of texts, the main one first; none in tables of numbers alone
 * @param numbers of numbers
 * @param gaps whether rows may lack some of the numbers
 * @param weight of what rows count; empty if all count alike
 */
public record Columns(
    String label, List<String> texts, List<String> numbers, boolean gaps, String weight)
    implements Serializable {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,3}");

  public Columns {
    texts = List.copyOf(texts);
    numbers = List.copyOf(numbers);
  }

  /** Of a label and a text alone. */
  public Columns(String label, String text) {
    this(label, List.of(text), List.of(), false, "");
  }

  /** Those beside the label: texts, then numbers, and the weight as the last of these. */
  public List<String> values() {
    return Stream.concat(texts.stream(), numeric().stream()).toList();
  }

  /** The numbers, and the weight behind them if there is one. */
  public List<String> numeric() {
    return isWeighted() ? Stream.concat(numbers.stream(), Stream.of(weight)).toList() : numbers;
  }

  /** Whether a column is no value to learn from. */
  public boolean isLabelOrWeight(String column) {
    return column.equals(label) || isWeighted() && column.equals(weight);
  }

  /** Whether rows say what they count. */
  public boolean isWeighted() {
    return !weight.isEmpty();
  }

  /**
   * Whether a row may lack a number.
   *
   * @param number its position among {@link #numeric}
   */
  boolean mayLack(int number) {
    return gaps && number < numbers.size();
  }

  /** Whether all are given by their numbers. */
  public boolean areNumbered() {
    return Stream.concat(Stream.of(label), values().stream()).allMatch(Columns::isNumber);
  }

  private static boolean isNumber(String column) {
    return NUMBER.matcher(column).matches();
  }

  /** Whether rows are numbers alone. */
  public boolean areOfNumbers() {
    return texts.isEmpty();
  }

  /** The key that names the column of the labels. */
  public String labelKey() {
    return labelKey(areOfNumbers());
  }

  /**
   * Likewise.
   *
   * @param ofNumbers whether rows are numbers alone
   */
  static String labelKey(boolean ofNumbers) {
    return ofNumbers ? "data.table.label-column" : "data.text.label-column";
  }

  /** The key that names one of {@link #values}, by its position among them. */
  public String key(int value) {
    if (isWeight(value)) {
      return "data.weight-column";
    }
    if (areOfNumbers()) {
      return "data.table.columns";
    }
    if (value == 0) {
      return "data.text.text-column";
    }
    return value < texts.size() ? "data.side.texts" : "data.side.numbers";
  }

  /** Whether that key names several columns. */
  boolean isOneOfSeveral(int value) {
    return (areOfNumbers() || value > 0) && !isWeight(value);
  }

  private boolean isWeight(int value) {
    return isWeighted() && value == texts.size() + numbers.size();
  }

  /** What a row is, for messages: {@code a label and a text}. */
  String described() {
    return (isWeighted() ? "a label, a weight and " : "a label and ")
        + (areOfNumbers() ? "numbers" : "a text");
  }

  /**
   * What to do about a number that is none, or missing.
   *
   * @param number its position among {@link #numeric}
   */
  public String remedy(int number, boolean missing) {
    int value = texts.size() + number;
    if (isWeight(value)) {
      return ": a weight is above 0, and rows that count nothing are left out";
    }
    return (areOfNumbers() && missing ? ", set data.table.missing = mean," : ",")
        + " or leave the column out of "
        + key(value);
  }
}
