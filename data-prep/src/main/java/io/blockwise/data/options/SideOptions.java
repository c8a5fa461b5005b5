package io.blockwise.data.options;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.FileNames;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The side fields of rows: what a row has beside its main text or image. Immutable.
 *
 * <p>Always true: the names of all fields are plain, none is that of another column, and none comes
 * twice, whatever the size of its letters: Spark and some file systems see no difference.
 *
 * @param texts of kind {@code text}: columns, each of which becomes a field of tokens ({@code
 *     data.side.texts}); names, or numbers from 1 as those of the label and the text
 * @param numbers of kind {@code text}: columns that together become the field {@link #NUMBERS}
 *     ({@code data.side.numbers}); likewise
 * @param images of kind {@code image-folder}: folder with an image for every one of the main
 *     folder's, which becomes the field {@link #IMAGES} ({@code data.side.images})
 */
public record SideOptions(List<String> texts, List<String> numbers, Optional<String> images) {
  /** Name of the field of all numbers. */
  public static final String NUMBERS = "numbers";

  /** Name of the field of images. */
  public static final String IMAGES = "images";

  private static final Set<String> TAKEN =
      Set.of("label", "original_label", "pixels", "tokens", IMAGES);
  private static final String TEXTS_KEY = "data.side.texts";
  private static final String NUMBERS_KEY = "data.side.numbers";
  private static final String IMAGES_KEY = "data.side.images";
  private static final Pattern NUMBERED = Pattern.compile("[1-9][0-9]{0,3}");

  /** No side fields. Behind what its checks read. */
  public static final SideOptions NONE = new SideOptions(List.of(), List.of(), Optional.empty());

  public SideOptions {
    texts = List.copyOf(texts);
    numbers = List.copyOf(numbers);
    Set<String> fields = new HashSet<>(TAKEN);
    if (!numbers.isEmpty()) {
      fields.add(NUMBERS);
    }
    for (String column : texts) {
      requireField(column, fields);
    }
    requireColumns(texts, numbers);
    images.filter(String::isBlank).ifPresent(SideOptions::refuseFolder);
  }

  private static void requireField(String column, Set<String> taken) {
    String field = field(column);
    if (!FileNames.isPlain(field)) {
      throw invalid(
          TEXTS_KEY,
          column,
          "must be names of at most "
              + FileNames.LONGEST
              + " letters, digits, '.', '_' and '-', since they name fields: rename the column");
    }
    if (!taken.add(field.toLowerCase(Locale.ROOT))) {
      throw invalid(
          TEXTS_KEY,
          column,
          "must name each column once, and none label, original_label, pixels, tokens, numbers or"
              + " images, which are other fields: rename the column");
    }
  }

  private static void requireColumns(List<String> texts, List<String> numbers) {
    Set<String> columns = new HashSet<>(texts);
    for (String column : numbers) {
      if (column.isBlank() || !columns.add(column)) {
        throw invalid(
            NUMBERS_KEY,
            column.isBlank() ? "\"\"" : column,
            "must name each column once, and none of data.side.texts");
      }
    }
  }

  private static void refuseFolder(String images) {
    throw invalid(IMAGES_KEY, "\"" + images + "\"", "must name a folder");
  }

  /** The field, or the entry of the field of numbers, that a column becomes. */
  public static String field(String column) {
    return NUMBERED.matcher(column).matches() ? "column-" + column : column;
  }

  /**
   * Refuses what does not go with the main field.
   *
   * @throws io.blockwise.base.InvalidValueException that says so
   */
  public void requireFits(DataKind kind, TextOptions text) {
    if (kind != DataKind.TEXT) {
      requireNone(TEXTS_KEY, texts, kind);
      requireNone(NUMBERS_KEY, numbers, kind);
    }
    if (kind != DataKind.IMAGE_FOLDER && images.isPresent()) {
      throw invalid(
          IMAGES_KEY, images.get(), "must not be set for " + kind + ", only for image-folder");
    }
    requireOthers(TEXTS_KEY, texts, text);
    requireOthers(NUMBERS_KEY, numbers, text);
  }

  private static void requireNone(String key, List<String> columns, DataKind kind) {
    if (!columns.isEmpty()) {
      throw invalid(key, columns, "must be empty for " + kind + ": it is for kind text alone");
    }
  }

  private static void requireOthers(String key, List<String> columns, TextOptions text) {
    for (String column : List.of(text.labelColumn(), text.textColumn())) {
      if (columns.contains(column)) {
        throw invalid(key, column, "must name columns other than those of the label and the text");
      }
    }
  }

  /** Keys and values that decide what the rows hold; none of what is not set. */
  public SortedMap<String, String> content() {
    SortedMap<String, String> content = new TreeMap<>();
    if (!texts.isEmpty()) {
      content.put(TEXTS_KEY, TableOptions.quoted(texts));
    }
    if (!numbers.isEmpty()) {
      content.put(NUMBERS_KEY, TableOptions.quoted(numbers));
    }
    // a word alone: where it lies decides nothing, and what it holds has checksums
    images.ifPresent(folder -> content.put(IMAGES_KEY, "set"));
    return content;
  }
}
