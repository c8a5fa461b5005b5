package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;

/**
 * Consecutive images of a pair of idx files.
 *
 * @param name of the image file without {@code .gz}, so that packed and plain files give the same
 *     rows
 * @param first index of the first image
 */
record IdxSlice(
    IdxFile images,
    IdxFile labels,
    String name,
    int fileNumber,
    Split split,
    int classes,
    long first,
    int rows)
    implements Slice {
  @Override
  public RowReader open(Storage storage) throws IOException {
    return new Reader(images.open(storage, first), labels.open(storage, first));
  }

  private final class Reader implements RowReader {
    private final DataInputStream imageStream;
    private final DataInputStream labelStream;
    private final byte[] image = new byte[images.itemBytes()];
    private long index = first;

    Reader(DataInputStream imageStream, DataInputStream labelStream) {
      this.imageStream = imageStream;
      this.labelStream = labelStream;
    }

    @Override
    public RawRow next() throws IOException {
      read(images, imageStream, image);
      byte[] label = new byte[1];
      read(labels, labelStream, label);
      int value = label[0] & 0xFF;
      if (value >= classes) {
        throw UserException.cannot(
            "read " + labels.path(),
            "item " + index + " is " + value,
            "labels are from 0 to " + (classes - 1) + ": get the file again");
      }
      RowId id = new RowId(name, fileNumber, index++);
      return new RawRow(id, split, value, image::clone);
    }

    private void read(IdxFile file, DataInputStream in, byte[] into) throws IOException {
      try {
        in.readFully(into);
        if (file.packed() && index == file.items() - 1 && in.read() >= 0) {
          throw file.goesOn();
        }
      } catch (EOFException e) {
        throw file.endsBefore(index);
      } catch (ZipException e) {
        throw file.damagedGzip(index);
      }
    }

    @Override
    public void close() throws IOException {
      imageStream.close();
      labelStream.close();
    }
  }
}
