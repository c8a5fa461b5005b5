package io.blockwise.data.source;

import io.blockwise.data.dataset.Split;
import java.io.IOException;

/**
 * One labelled image. Immutable; its pixels are read before the reader moves on.
 *
 * @param split the official one
 * @param label class id
 * @param pixels read on demand, since whoever only orders rows needs none
 */
public record RawRow(RowId id, Split split, int label, Pixels pixels) {
  /** The values of the row's fields, in the order of {@link RawImages#schema}. */
  public byte[][] values() throws IOException {
    return new byte[][] {pixels.read()};
  }

  /** Reads an image. */
  @FunctionalInterface
  public interface Pixels {
    /** A fresh array of unsigned bytes, {@code [channels, height, width]}. */
    byte[] read() throws IOException;
  }
}
