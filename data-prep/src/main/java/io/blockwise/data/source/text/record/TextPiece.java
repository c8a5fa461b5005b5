package io.blockwise.data.source.text.record;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.source.Piece;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** A piece of a table. Immutable. */
public interface TextPiece extends Piece {
  /** Different labels at most. */
  int MOST_LABELS = 10_000;

  /** Characters of a label at most. */
  int LONGEST_LABEL = 200;

  /** Of which it is a piece. */
  TextFile file();

  /** Starts reading before the first row. */
  TextCursor open(Storage storage) throws IOException;

  @Override
  default Census census(Storage storage) throws IOException {
    int rows = 0;
    Set<String> labels = new HashSet<>();
    try (TextCursor found = open(storage)) {
      for (; found.advance(); rows++) {
        labels.add(label(found, file().format().labelKey()));
        requireFew(file(), labels);
      }
    }
    return new Census(rows, labels);
  }

  private static String label(TextCursor found, String key) throws IOException {
    String label = found.current().label();
    if (label.isBlank()) {
      throw found.bad("has no label", null);
    }
    if (label.length() > LONGEST_LABEL) {
      throw found.bad(
          "has a label of "
              + label.length()
              + " characters, more than "
              + LONGEST_LABEL
              + ", as if "
              + key
              + " named another column",
          null);
    }
    return label;
  }

  /**
   * Refuses labels that are too many to be those of classes.
   *
   * @param file in which the last of them was found
   */
  static void requireFew(TextFile file, Set<String> labels) {
    if (labels.size() > MOST_LABELS) {
      throw UserException.cannot(
          "read " + file.path(),
          "it has more than " + MOST_LABELS + " different labels",
          "name the column of the labels: " + file.format().labelKey());
    }
  }
}
