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
    int label = position(file, names, "data.text.label-column", columns.label());
    int text = position(file, names, "data.text.text-column", columns.text());
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < columns.others().size(); i++) {
      others.add(position(file, names, columns.key(i), columns.others().get(i)));
    }
    String header = columns.areNumbered() ? "" : first;
    return new TableFormat(
        syntax, header, names.size(), label, List.of(text), Escapes.NONE, others);
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
    if (columns.others().isEmpty()) {
      return " to the name of one, or both to numbers from 1";
    }
    boolean one = key.startsWith("data.text.");
    return (one ? " to the name of one" : " to names of some") + ", or all to numbers from 1";
  }
}
