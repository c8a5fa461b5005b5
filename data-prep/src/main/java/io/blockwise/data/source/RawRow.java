package io.blockwise.data.source;

import io.blockwise.data.dataset.Split;
import java.io.IOException;

/**
 * One labelled row. Immutable; its values are read before the reader moves on.
 *
 * @param split the official one
 * @param label class id
 * @param values read on demand, since whoever only orders rows needs none
 */
public record RawRow(Id id, Split split, int label, Values values) {
  /**
   * Which raw row this is; the same for the same raw files on any cluster. Immutable.
   *
   * @param file name that does not depend on where the folder lies or how the file is packed
   * @param fileNumber position of the file among the source's files
   * @param index of the row in the file, from 0
   */
  public record Id(String file, int fileNumber, long index) {}

  /** Reads the values of a row's fields. */
  @FunctionalInterface
  public interface Values {
    /**
     * Fresh arrays in the order of {@link RawRows#schema}: what the source has for a field of that
     * kind: for an image unsigned bytes, {@code [channels, height, width]}; for a text its tokens,
     * as {@link io.blockwise.data.text.TextAnalysis#tokens} has them; for numbers floats of four
     * bytes, high byte first.
     *
     * @throws BadFileException if the row is a file of the user's that cannot be read, of which
     *     some may be left out
     */
    byte[][] read() throws IOException;
  }
}
