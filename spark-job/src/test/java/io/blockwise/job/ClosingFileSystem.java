package io.blockwise.job;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Local files at {@code closing:}; once it is closed, nothing can be written, as with HDFS. */
public final class ClosingFileSystem extends RawLocalFileSystem {
  private volatile boolean closed;

  @Override
  public URI getUri() {
    return URI.create("closing:///");
  }

  @Override
  public String getScheme() {
    return "closing";
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return guarded(
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return guarded(super.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public void close() throws IOException {
    closed = true;
    super.close();
  }

  private FSDataOutputStream guarded(OutputStream out) throws IOException {
    OutputStream guarded =
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (closed) {
              throw new IOException("Filesystem closed");
            }
            out.write(bytes, offset, length);
            out.flush();
          }
        };
    return new FSDataOutputStream(guarded, null);
  }
}
