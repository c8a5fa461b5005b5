package io.blockwise.job.report;

import io.blockwise.base.files.Storage;
import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.fs.Path;

/**
 * A file that grows piece by piece on any Hadoop path. A piece is on storage when {@link #append}
 * returns; on an object store within seconds, and when the file is closed.
 */
public interface GrowingFile extends Closeable {
  /** Opens a file, behind what it has already. */
  static GrowingFile open(Storage storage, Path file) throws IOException {
    return storage.isObjectStore(file)
        ? RewrittenFile.open(storage, file, RewrittenFile.PERIOD)
        : FlushedFile.open(storage, file);
  }

  /** Adds a piece. */
  void append(byte[] piece) throws IOException;
}
