package io.blockwise.base.files;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;

/** Says in one line when there is no room for what is written. Used by one thread. */
final class CheckedStream extends OutputStream {
  private final OutputStream out;
  private final Path file;

  CheckedStream(OutputStream out, Path file) {
    this.out = out;
    this.file = file;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    checked(() -> out.write(bytes, offset, count));
  }

  @Override
  public void flush() throws IOException {
    checked(out::flush);
  }

  @Override
  public void close() throws IOException {
    checked(out::close);
  }

  private void checked(Writing writing) throws IOException {
    try {
      writing.run();
    } catch (IOException | FSError e) {
      throw FullDisk.translated(e, file);
    }
  }

  /** Some writing. */
  private interface Writing {
    void run() throws IOException;
  }
}
