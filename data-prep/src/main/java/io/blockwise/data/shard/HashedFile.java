package io.blockwise.data.shard;

import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A file for Parquet to write, whose checksum is at hand when it is finished. Used once. */
final class HashedFile implements OutputFile {
  private final Storage storage;
  private final Path path;
  private final MessageDigest digest = Digests.sha256();
  private long length;

  HashedFile(Storage storage, Path path) {
    this.storage = storage;
    this.path = path;
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
  public PositionOutputStream create(long blockSize) throws IOException {
    OutputStream out = storage.create(path);
    return new PositionOutputStream() {
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
        out.write(bytes, offset, count);
        digest.update(bytes, offset, count);
        length += count;
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }

      @Override
      public void close() throws IOException {
        out.close();
      }
    };
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
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

  @Override
  public String getPath() {
    return path.toString();
  }
}
