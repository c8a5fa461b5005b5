package io.blockwise.data.source.text;

/** Reads records of one format. Used by one thread. */
@FunctionalInterface
interface RecordParser {
  /**
   * A row with its label as it stands in the file. Immutable.
   *
   * @param text may be empty
   */
  record Labelled(String label, String text) {}

  /**
   * The row of a line.
   *
   * @throws BadRecordException if it is none
   */
  Labelled parse(String line) throws BadRecordException;
}
