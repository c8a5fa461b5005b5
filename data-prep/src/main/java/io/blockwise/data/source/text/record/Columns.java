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
 * @param text of the texts
 * @param texts of further texts
 * @param numbers of numbers
 */
public record Columns(String label, String text, List<String> texts, List<String> numbers)
    implements Serializable {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,3}");

  public Columns {
    texts = List.copyOf(texts);
    numbers = List.copyOf(numbers);
  }

  /** Of a label and a text alone. */
  public Columns(String label, String text) {
    this(label, text, List.of(), List.of());
  }

  /** Those beside label and text, in the order of {@link TextCursor.Labelled#others}. */
  public List<String> others() {
    return Stream.concat(texts.stream(), numbers.stream()).toList();
  }

  /** Whether all are given by their numbers. */
  public boolean areNumbered() {
    return Stream.concat(Stream.of(label, text), others().stream())
        .allMatch(column -> NUMBER.matcher(column).matches());
  }

  /** The key that names one of the others, by its position among them. */
  public String key(int other) {
    return other < texts.size() ? "data.side.texts" : "data.side.numbers";
  }
}
