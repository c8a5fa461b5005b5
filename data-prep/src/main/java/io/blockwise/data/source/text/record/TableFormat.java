package io.blockwise.data.source.text.record;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How a line holds a row in columns. Immutable.
 *
 * @param syntax what separates columns
 * @param header the first line of a file if it names the columns; empty if no line does
 * @param columns in every line
 * @param label position of the column with the label, from 0
 * @param texts of every text the positions of the columns whose contents, one behind the other, are
 *     it
 * @param escapes in the columns of texts
 * @param numbers positions of the columns of numbers
 */
public record TableFormat(
    Syntax syntax,
    String header,
    int columns,
    int label,
    List<List<Integer>> texts,
    Escapes escapes,
    List<Integer> numbers)
    implements RecordFormat {
  private static final char QUOTE = '"';
  private static final int MOST_COLUMNS = 1 << 16;

  /** What separates columns. */
  public enum Syntax {
    /** Commas; a column in quotes may hold some, and two quotes for one of its own. */
    CSV("csv"),
    /** Tabs; quotes mean nothing. */
    TSV("tsv");

    private final String extension;

    Syntax(String extension) {
      this.extension = extension;
    }

    /** The end of a file's name behind the dot. */
    public String extension() {
      return extension;
    }
  }

  /** Cuts lines into columns. Used by one thread. */
  @FunctionalInterface
  private interface Splitter {
    String[] columns(String line) throws BadRecordException;
  }

  public TableFormat {
    texts = texts.stream().map(List::copyOf).toList();
    numbers = List.copyOf(numbers);
  }

  /** Of one text. */
  public TableFormat(
      Syntax syntax, String header, int columns, int label, List<Integer> text, Escapes escapes) {
    this(syntax, header, columns, label, List.of(text), escapes, List.of());
  }

  @Override
  public String labelKey() {
    return Columns.labelKey(texts.isEmpty());
  }

  @Override
  public boolean isHeader(String line) {
    return !header.isEmpty() && line.equals(header);
  }

  @Override
  public String remedy() {
    return "correct it: a row is one line of " + columns + " columns in UTF-8";
  }

  @Override
  public RecordParser parser() {
    Splitter splitter = splitter(syntax);
    return line -> parse(line, splitter);
  }

  private TextCursor.Labelled parse(String line, Splitter splitter) throws BadRecordException {
    requireClosedQuotes(syntax, line);
    String[] values = splitter.columns(line);
    if (values.length != columns) {
      throw new BadRecordException(
          "has "
              + values.length
              + (values.length == 1 ? " column" : " columns")
              + " instead of "
              + columns);
    }
    return new TextCursor.Labelled(
        values[label],
        texts.stream().map(text -> joined(text, values)).toList(),
        numbers.stream().map(column -> values[column]).toList());
  }

  private String joined(List<Integer> text, String[] values) {
    return text.stream()
        .map(column -> escapes.undone(values[column]))
        .collect(Collectors.joining(" "));
  }

  /**
   * The columns of a line, be they of any number.
   *
   * @throws BadRecordException if a quote is open at its end, or they are more than a row may have
   */
  public static List<String> columns(Syntax syntax, String line) throws BadRecordException {
    requireClosedQuotes(syntax, line);
    return List.of(splitter(syntax).columns(line));
  }

  /** The parser would take all that follows for one column. */
  private static void requireClosedQuotes(Syntax syntax, String line) throws BadRecordException {
    if (syntax == Syntax.CSV && quotes(line) % 2 != 0) {
      throw new BadRecordException("has an unclosed quote");
    }
  }

  private static int quotes(String line) {
    int count = 0;
    for (int at = line.indexOf(QUOTE); at >= 0; at = line.indexOf(QUOTE, at + 1)) {
      count++;
    }
    return count;
  }

  private static Splitter splitter(Syntax syntax) {
    return switch (syntax) {
      case CSV -> {
        CsvParser parser = csvParser();
        yield line -> columns(parser, line);
      }
      case TSV -> line -> line.split("\t", -1);
    };
  }

  private static String[] columns(CsvParser parser, String line) throws BadRecordException {
    try {
      // without an end of its own the parser makes an exception of every line's, which takes longer
      return parser.parseLine(line + "\n");
    } catch (TextParsingException e) {
      // its message goes over many lines, with the content of this one
      throw new BadRecordException("has more than " + MOST_COLUMNS + " columns");
    }
  }

  private static CsvParser csvParser() {
    CsvParserSettings settings = new CsvParserSettings();
    settings.setMaxCharsPerColumn(-1);
    settings.setMaxColumns(MOST_COLUMNS);
    settings.setIgnoreLeadingWhitespaces(false);
    settings.setIgnoreTrailingWhitespaces(false);
    settings.setSkipEmptyLines(false);
    settings.setNullValue("");
    settings.setEmptyValue("");
    settings.getFormat().setQuote(QUOTE);
    settings.getFormat().setQuoteEscape(QUOTE);
    settings.setCommentProcessingEnabled(false);
    return new CsvParser(settings);
  }
}
