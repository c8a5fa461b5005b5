package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Consecutive records of one CIFAR file.
 *
 * @param first index of the first record
 */
record CifarSlice(CifarLayout layout, Path file, int fileNumber, Split split, long first, int rows)
    implements Slice {
  private static final int BUFFER = 1 << 16;

  @Override
  public RowReader open(Storage storage) throws IOException {
    FSDataInputStream in = storage.open(file);
    in.seek(first * layout.recordBytes());
    return new Reader(new DataInputStream(new BufferedInputStream(in, BUFFER)));
  }

  private final class Reader implements RowReader {
    private final DataInputStream in;
    private final byte[] record = new byte[layout.recordBytes()];
    private long index = first;

    Reader(DataInputStream in) {
      this.in = in;
    }

    @Override
    public RawRow next() throws IOException {
      try {
        in.readFully(record);
      } catch (EOFException e) {
        throw new UserException(
            "Cannot read " + file + ": it ends in record " + index + " (get it again)", e);
      }
      int label = record[layout.labelBytes() - 1] & 0xFF;
      if (label >= layout.classes()) {
        throw UserException.cannot(
            "read " + file,
            "record " + index + " has label " + label,
            "labels are from 0 to " + (layout.classes() - 1) + ": get it again");
      }
      RowId id = new RowId(file.getName(), fileNumber, index++);
      return new RawRow(
          id, split, label, () -> Arrays.copyOfRange(record, layout.labelBytes(), record.length));
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
