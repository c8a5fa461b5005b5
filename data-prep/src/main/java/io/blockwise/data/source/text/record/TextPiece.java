package io.blockwise.data.source.text.record;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.source.Piece;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** A piece of a table. Immutable. */
public interface TextPiece extends Piece {
  /** Different labels of a piece at most. */
  int MOST_LABELS = 10_000;

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
        labels.add(found.current().label());
        requireFew(labels);
      }
    }
    return new Census(rows, labels);
  }

  private void requireFew(Set<String> labels) {
    if (labels.size() > MOST_LABELS) {
      throw UserException.cannot(
          "read " + file().path(),
          "it has more than " + MOST_LABELS + " different labels",
          "name the column of the labels: data.text.label-column");
    }
  }
}
