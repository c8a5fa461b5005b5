package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A file of unsigned bytes in the idx format: magic number {@code 0x000008} and the number of
 * dimensions, the sizes as big-endian int32, then the values. Plain or, by its name, gzip.
 * Immutable.
 *
 * @param sizes first the number of items
 */
record IdxFile(Path path, List<Integer> sizes) implements Serializable {
  private static final int UNSIGNED_BYTES = 0x0800;
  private static final int BUFFER = 1 << 16;
  private static final int MOST_PIXELS = 4096;

  IdxFile {
    sizes = List.copyOf(sizes);
  }

  /** Reads and checks the header. */
  static IdxFile describe(Storage storage, Path path, int dimensions) throws IOException {
    try (DataInputStream in = stream(storage, path, 0)) {
      int magic = in.readInt();
      if (magic != (UNSIGNED_BYTES | dimensions)) {
        throw damaged(
            path,
            String.format(
                "its magic number is 0x%08x instead of 0x%08x",
                magic, UNSIGNED_BYTES | dimensions));
      }
      List<Integer> sizes = new ArrayList<>();
      for (int i = 0; i < dimensions; i++) {
        sizes.add(in.readInt());
      }
      IdxFile file = new IdxFile(path, sizes);
      file.checkLength(storage.length(path));
      return file;
    } catch (EOFException e) {
      throw damaged(path, "it ends within its header");
    } catch (ZipException e) {
      throw damaged(path, "it is no gzip file");
    }
  }

  UserException damagedGzip(long item) {
    return damaged(path, "it is no sound gzip file from item " + item + " on");
  }

  int items() {
    return sizes.get(0);
  }

  int itemBytes() {
    return sizes.stream().skip(1).reduce(1, (a, b) -> a * b);
  }

  boolean packed() {
    return path.getName().endsWith(".gz");
  }

  /** A stream at the given item; a packed file can only be read from item 0. */
  DataInputStream open(Storage storage, long item) throws IOException {
    if (packed()) {
      DataInputStream in = stream(storage, path, 0);
      in.skipNBytes(headerBytes());
      return in;
    }
    return stream(storage, path, headerBytes() + item * itemBytes());
  }

  UserException endsBefore(long item) {
    return damaged(path, "it ends in item " + item + " of " + items());
  }

  UserException goesOn() {
    return damaged(path, "it goes on after its " + items() + " items");
  }

  private int headerBytes() {
    return Integer.BYTES * (1 + sizes.size());
  }

  private void checkLength(long length) {
    if (sizes.stream().anyMatch(size -> size < 1)) {
      throw damaged(path, "its header says " + sizes + " values");
    }
    if (sizes.stream().skip(1).anyMatch(size -> size > MOST_PIXELS)) {
      throw damaged(
          path,
          "its header says " + sizes + " values, but an image has at most 4096 rows and columns");
    }
    long expected = headerBytes() + (long) items() * itemBytes();
    if (!packed() && length != expected) {
      throw damaged(path, "it has " + length + " bytes instead of " + expected);
    }
  }

  private static DataInputStream stream(Storage storage, Path path, long offset)
      throws IOException {
    FSDataInputStream file = storage.open(path);
    try {
      file.seek(offset);
      InputStream in =
          path.getName().endsWith(".gz")
              ? new GZIPInputStream(file, BUFFER)
              : new BufferedInputStream(file, BUFFER);
      return new DataInputStream(in);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static UserException damaged(Path path, String fact) {
    return UserException.cannot("read " + path, fact, "get the file again");
  }
}
