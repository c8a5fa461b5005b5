package io.blockwise.data.dataset;

import io.blockwise.data.storage.Digests;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file that is too large to be held whole: it was read once to check it, and of every chunk a
 * checksum is kept, so that also here the bytes that are parsed are the bytes that were checked.
 * Thread-safe; a stream is used by one thread and holds one chunk.
 */
final class ChunkedFile implements InputFile {
  static final int CHUNK = 1 << 20;

  private final ShardFile file;
  private final long length;
  private final long[] checksums;

  private ChunkedFile(ShardFile file, long length) {
    this.file = file;
    this.length = length;
    this.checksums = new long[Math.toIntExact((length + CHUNK - 1) / CHUNK)];
  }

  /** Reads the file once from its beginning to its end. */
  static ChunkedFile checked(ShardFile file, long length) throws IOException {
    ChunkedFile chunked = new ChunkedFile(file, length);
    MessageDigest digest = Digests.sha256();
    byte[] chunk = new byte[CHUNK];
    try (FSDataInputStream in = file.open()) {
      for (int i = 0; i < chunked.checksums.length; i++) {
        int bytes = chunked.bytes(i);
        in.readFully(chunk, 0, bytes);
        digest.update(chunk, 0, bytes);
        chunked.checksums[i] = checksum(chunk, bytes);
      }
    }
    file.requireChecksum(Digests.hex(digest));
    return chunked;
  }

  private int bytes(int chunk) {
    return (int) Math.min(CHUNK, length - (long) chunk * CHUNK);
  }

  private static long checksum(byte[] chunk, int bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(chunk, 0, bytes);
    return checksum.getValue();
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    Chunks source = new Chunks(file.open());
    return new DelegatingSeekableInputStream(source) {
      @Override
      public long getPos() {
        return source.position;
      }

      @Override
      public void seek(long position) throws IOException {
        source.seek(position);
      }
    };
  }

  private final class Chunks extends InputStream {
    private final FSDataInputStream in;
    private final byte[] chunk = new byte[CHUNK];
    private int loaded = -1;
    private long position;

    Chunks(FSDataInputStream in) {
      this.in = in;
    }

    void seek(long to) throws IOException {
      if (to < 0 || to > length) {
        throw new EOFException("Cannot seek to " + to + " of " + length);
      }
      position = to;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int most) throws IOException {
      if (position == length) {
        return most == 0 ? 0 : -1;
      }
      int number = (int) (position / CHUNK);
      load(number);
      int from = (int) (position % CHUNK);
      int count = Math.min(most, bytes(number) - from);
      System.arraycopy(chunk, from, into, offset, count);
      position += count;
      return count;
    }

    private void load(int number) throws IOException {
      if (number == loaded) {
        return;
      }
      loaded = -1;
      in.readFully((long) number * CHUNK, chunk, 0, bytes(number));
      if (checksum(chunk, bytes(number)) != checksums[number]) {
        file.inChunks(); // says what is wrong with the file as it is now
        throw new IOException("it changed while it was read");
      }
      loaded = number;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
