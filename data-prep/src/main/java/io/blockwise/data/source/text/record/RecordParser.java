package io.blockwise.data.source.text.record;

/** Reads records of one format. Used by one thread. */
@FunctionalInterface
interface RecordParser {
  /**
   * The row of a line.
   *
   * @throws BadRecordException if it is none
   */
  TextCursor.Labelled parse(String line) throws BadRecordException;
}
