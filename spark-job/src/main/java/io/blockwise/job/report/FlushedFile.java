package io.blockwise.job.report;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** Lines that are on storage once they are appended. Used by one thread at a time. */
final class FlushedFile implements EventLog.Lines {
  private final FSDataOutputStream out;

  private FlushedFile(FSDataOutputStream out) {
    this.out = out;
  }

  static FlushedFile open(FileSystem files, Path file) throws IOException {
    long length = length(files, file);
    FSDataOutputStream out = length < 0 ? files.create(file, false) : files.append(file);
    if (length > 0 && !endsWithNewLine(files, file, length)) {
      // A process that was killed left half a line, which must not spoil the next one.
      out.write('\n');
    }
    return new FlushedFile(out);
  }

  @Override
  public void append(byte[] line) throws IOException {
    out.write(line);
    if (out.hasCapability(StreamCapabilities.HSYNC)) {
      out.hflush();
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** Bytes in the file; -1 if there is none. */
  private static long length(FileSystem files, Path file) throws IOException {
    try {
      return files.getFileStatus(file).getLen();
    } catch (FileNotFoundException e) {
      return -1;
    }
  }

  private static boolean endsWithNewLine(FileSystem files, Path file, long length)
      throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      in.seek(length - 1);
      return in.read() == '\n';
    }
  }
}
