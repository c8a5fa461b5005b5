package io.blockwise.data.source.text;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.Columns;
import io.blockwise.data.source.text.record.Escapes;
import io.blockwise.data.source.text.record.Lines;
import io.blockwise.data.source.text.record.TableFormat;
import io.blockwise.data.source.text.record.TableFormat.Syntax;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/** Finds columns in the user's csv and tsv files. Immutable. */
final class TableColumns {
  private final Storage storage;
  private final Columns columns;

  TableColumns(Storage storage, Columns columns) {
    this.storage = storage;
    this.columns = columns;
  }

  /** Columns by their numbers if all are numbers, else by the names in the first line. */
  TableFormat format(Path file, Syntax syntax) throws IOException {
    String first = Lines.first(storage, file);
    List<String> names = names(file, syntax, first);
    int label = position(file, names, columns.labelKey(), columns.label());
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < columns.values().size(); i++) {
      values.add(position(file, names, columns.key(i), columns.values().get(i)));
    }
    int texts = columns.texts().size();
    return new TableFormat(
        syntax,
        columns.areNumbered() ? "" : first,
        names.size(),
        label,
        values.subList(0, texts).stream().map(List::of).toList(),
        Escapes.NONE,
        values.subList(texts, values.size()));
  }

  /** The columns of a file: numbers from 1, or names. */
  List<String> columns(Path file, Syntax syntax) throws IOException {
    List<String> first = first(file, syntax);
    return columns.areNumbered()
        ? IntStream.rangeClosed(1, first.size()).mapToObj(Integer::toString).toList()
        : first;
  }

  /** What stands in the columns of a file's first line. */
  List<String> first(Path file, Syntax syntax) throws IOException {
    return names(file, syntax, Lines.first(storage, file));
  }

  private static List<String> names(Path file, Syntax syntax, String first) {
    try {
      return TableFormat.columns(syntax, first);
    } catch (BadRecordException e) {
      throw UserException.cannot(
          "read " + file, "line 1 " + e.getMessage(), "correct it: it names the columns", e);
    }
  }

  private int position(Path file, List<String> names, String key, String wanted) {
    int found = columns.areNumbered() ? Integer.parseInt(wanted) - 1 : names.indexOf(wanted);
    if (found < 0 || found >= names.size()) {
      throw UserException.cannot(
          "read " + file,
          "its first line has columns "
              + Printable.of(String.join(", ", names))
              + ", and none is "
              + wanted,
          "set " + key + remedy(key));
    }
    return found;
  }

  private String remedy(String key) {
    if (columns.values().size() == 1 && !columns.areOfNumbers()) {
      return " to the name of one, or both to numbers from 1";
    }
    boolean one = key.endsWith("-column");
    return (one ? " to the name of one" : " to names of some") + ", or all to numbers from 1";
  }
}
