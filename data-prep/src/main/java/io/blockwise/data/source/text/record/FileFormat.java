package io.blockwise.data.source.text.record;

import java.io.Serializable;

/** How a file holds rows. Immutable. */
public interface FileFormat extends Serializable {
  /** The rows of a file that begin from byte {@code start} to before byte {@code end}. */
  TextPiece piece(TextFile file, long start, long end);

  /** The key that names the column of the labels. */
  String labelKey();
}
