package io.blockwise.job.report;

import io.blockwise.base.files.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** Lines that are on storage once they are appended. Used by one thread at a time. */
final class FlushedFile implements GrowingFile {
  private final FSDataOutputStream out;

  private FlushedFile(FSDataOutputStream out) {
    this.out = out;
  }

  static FlushedFile open(Storage storage, Path file) throws IOException {
    FileSystem files = storage.fileSystem(file);
    FSDataOutputStream out =
        length(files, file) < 0 ? files.create(file, false) : reopened(storage, files, file);
    long length = length(files, file);
    if (length > 0 && !endsWithNewLine(files, file, length)) {
      // A process that was killed left half a line, which must not spoil the next one.
      out.write('\n');
    }
    return new FlushedFile(out);
  }

  private static FSDataOutputStream reopened(Storage storage, FileSystem files, Path file)
      throws IOException {
    try {
      return files.append(file);
    } catch (IOException e) {
      // On HDFS, what a process was writing when it was killed stays its own for a while. What can
      // be read of it takes its place.
      byte[] lines;
      try (FSDataInputStream in = files.open(file)) {
        lines = in.readAllBytes();
      }
      storage.write(file, lines);
      return files.append(file);
    }
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
