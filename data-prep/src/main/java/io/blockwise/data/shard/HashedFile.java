package io.blockwise.data.shard;

import io.blockwise.base.files.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A file for Parquet to write, with its footer in order, whose checksum is at hand when it is
 * finished. Used once.
 */
final class HashedFile implements OutputFile {
  /**
   * Bytes that are kept back until the end is known; a footer takes a few hundred per row group.
   */
  private static final int KEPT = 1 << 20;

  private final OutputStream out;
  private final MessageDigest digest = Digests.sha256();
  private long length;

  /** Does not close what it writes to. */
  HashedFile(OutputStream out) {
    this.out = out;
  }

  /** Bytes written. */
  long length() {
    return length;
  }

  /** SHA-256 of the bytes written; called once, at the end. */
  String sha256() {
    return Digests.hex(digest);
  }

  @Override
  public PositionOutputStream create(long blockSize) {
    return new PositionOutputStream() {
      private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

      @Override
      public long getPos() {
        return length;
      }

      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int count) throws IOException {
        length += count;
        kept.write(bytes, offset, count);
        if (kept.size() > 2 * KEPT) {
          byte[] all = kept.toByteArray();
          put(all, all.length - KEPT);
          kept.reset();
          kept.write(all, all.length - KEPT, KEPT);
        }
      }

      private void put(byte[] bytes, int count) throws IOException {
        out.write(bytes, 0, count);
        digest.update(bytes, 0, count);
      }

      @Override
      public void close() throws IOException {
        byte[] end = kept.toByteArray();
        kept.reset();
        OrderedFooter.order(end);
        put(end, end.length);
      }
    };
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSize) {
    return create(blockSize);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }
}
