package io.blockwise.data.shard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * Puts the one thing of a Parquet file in order that changes from process to process: Parquet lists
 * the encodings of a column chunk as a set of constants gives them, whose order is that of their
 * identity hash codes.
 */
final class OrderedFooter {
  /** Behind the footer: its length in four bytes, low byte first, and {@code PAR1}. */
  private static final int BEHIND = 8;

  private OrderedFooter() {}

  /**
   * Orders the encodings in place; leaves a file alone that was not written to its end.
   *
   * @param end last bytes of a file, with its whole footer
   */
  static void order(byte[] end) throws IOException {
    int last = end.length - BEHIND;
    if (last < 0 || !new String(end, last + 4, 4, US_ASCII).equals("PAR1")) {
      return;
    }
    int length = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt(last);
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(end, last - length, length));
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk column : group.getColumns()) {
        Collections.sort(column.getMeta_data().getEncodings());
      }
    }
    ByteArrayOutputStream ordered = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, ordered);
    if (ordered.size() != length) {
      throw new IllegalStateException(
          "the footer takes " + ordered.size() + " bytes instead of " + length);
    }
    System.arraycopy(ordered.toByteArray(), 0, end, last - length, length);
  }
}
