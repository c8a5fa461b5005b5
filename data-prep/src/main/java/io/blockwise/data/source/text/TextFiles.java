package io.blockwise.data.source.text;

import io.blockwise.data.source.text.record.TextFile;
import java.io.IOException;
import java.util.List;

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

  /** Names of classes whose labels are numbers from 1; empty if the labels name themselves. */
  List<String> classes() throws IOException;
}
