package io.blockwise.data.dataset;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.InputFile;

/** The file of a shard, opened only if it is the one that the manifest lists. Thread-safe. */
final class ShardFile {
  private final Storage storage;
  private final Path directory;
  private final Shard shard;

  ShardFile(Storage storage, Path directory, Shard shard) {
    this.storage = storage;
    this.directory = directory;
    this.shard = shard;
  }

  /**
   * The content, read and checked whole.
   *
   * @throws UserException if the file is missing or differs from the manifest
   */
  InputFile inMemory() throws IOException {
    requireLength();
    byte[] bytes = storage.bytes(path());
    requireChecksum(Digests.sha256(bytes));
    return new InMemoryFile(bytes);
  }

  private void requireLength() throws IOException {
    if (!storage.isFile(path())) {
      throw refused("it is missing from " + directory);
    }
    long length = storage.length(path());
    if (length != shard.bytes()) {
      throw refused("its " + length + " bytes are not the manifest's " + shard.bytes());
    }
  }

  private void requireChecksum(String checksum) {
    if (!checksum.equals(shard.sha256())) {
      throw refused(
          "checksum "
              + Digests.abbreviated(checksum)
              + " does not match the manifest's "
              + Digests.abbreviated(shard.sha256()));
    }
  }

  private UserException refused(String fact) {
    return UserException.cannot("read shard " + shard.file(), fact, "prepare the data set again");
  }

  private Path path() {
    return new Path(directory, shard.file());
  }
}
