package io.blockwise.data.source.text;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.source.Piece;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** The lines of a file that begin from byte {@code start} to before byte {@code end}. Immutable. */
record LinesPiece(TextFile file, long start, long end) implements Piece {
  private static final int MOST_LABELS = 10_000;

  @Override
  public Census census(Storage storage) throws IOException {
    int rows = 0;
    Set<String> labels = new HashSet<>();
    try (Records records = new Records(storage, this)) {
      for (; records.advance(); rows++) {
        labels.add(records.current().label());
        requireFew(labels);
      }
    }
    return new Census(rows, labels);
  }

  private void requireFew(Set<String> labels) {
    if (labels.size() > MOST_LABELS) {
      throw UserException.cannot(
          "read " + file.path(),
          "it has more than " + MOST_LABELS + " different labels",
          "name the column of the labels: data.text.label-column");
    }
  }
}
