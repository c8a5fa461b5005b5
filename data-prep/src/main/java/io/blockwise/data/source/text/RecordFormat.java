package io.blockwise.data.source.text;

import java.io.Serializable;

/** How a line holds a row. Immutable. */
interface RecordFormat extends Serializable {
  /** Whether a file's first line names the columns and holds no row. */
  boolean isHeader(String line);

  /** What to do with a line that holds no row. */
  String remedy();

  /** Reads lines. */
  RecordParser parser();
}
