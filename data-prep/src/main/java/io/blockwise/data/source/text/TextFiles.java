package io.blockwise.data.source.text;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.text.record.TextFile;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** Where the tables of a layout lie. */
interface TextFiles {
  /** Whether there is anything to look at. */
  boolean isPresent() throws IOException;

  /**
   * The files of all splits, numbered from 0 in their order.
   *
   * @throws io.blockwise.base.UserException if some are missing
   */
  List<TextFile> files() throws IOException;

  /**
   * Names of classes whose labels are numbers from 1; empty if the labels name themselves.
   *
   * @throws io.blockwise.base.UserException if they stand in a file that has none
   */
  default List<String> classes() throws IOException {
    return List.of();
  }

  /** Files that hold no rows but say what rows mean. */
  default List<RawPart> beside() throws IOException {
    return List.of();
  }

  /**
   * Looks at the labels that the rows of train have.
   *
   * @throws io.blockwise.base.UserException if some are not those of rows
   */
  default void check(Set<String> labels) throws IOException {}

  /**
   * What to throw for a split that is there, but has no rows.
   *
   * @param place its table, or the folder of its tables
   */
  static UserException withoutRows(Path place, Split split) {
    return UserException.cannot(
        "read " + place,
        split + " has no rows",
        split == Split.TRAIN
            ? "add some"
            : "add some, or, if it is of your own, remove it: rows of train are taken then");
  }
}
