package io.blockwise.data.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file that was read whole, so that the bytes that are parsed are the bytes that were checked.
 */
final class InMemoryFile implements InputFile {
  private final byte[] bytes;

  InMemoryFile(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long getLength() {
    return bytes.length;
  }

  @Override
  public SeekableInputStream newStream() {
    SeekableBytes source = new SeekableBytes(bytes);
    return new DelegatingSeekableInputStream(source) {
      @Override
      public long getPos() {
        return source.position();
      }

      @Override
      public void seek(long position) throws IOException {
        source.seek(position);
      }
    };
  }

  private static final class SeekableBytes extends ByteArrayInputStream {
    SeekableBytes(byte[] bytes) {
      super(bytes);
    }

    synchronized long position() {
      return pos;
    }

    synchronized void seek(long position) throws IOException {
      if (position < 0 || position > count) {
        throw new IOException("Cannot seek to " + position + " of " + count);
      }
      pos = (int) position;
    }
  }
}
