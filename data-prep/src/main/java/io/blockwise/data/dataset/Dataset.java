package io.blockwise.data.dataset;

import io.blockwise.data.check.DataException;
import io.blockwise.data.storage.Digests;
import io.blockwise.data.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A prepared data set on storage.
 *
 * <p>Opening reads the manifest only. Thread-safe.
 */
public final class Dataset {
  private static final String AGAIN = "prepare the data set again";

  private final Storage storage;
  private final Path directory;
  private final Manifest manifest;
  private final String fingerprint;

  private Dataset(Storage storage, Path directory, byte[] json) {
    this.storage = storage;
    this.directory = directory;
    this.manifest = ManifestJson.read(json, "data set " + directory);
    this.fingerprint = Digests.sha256(json);
  }

  /**
   * Opens the data set in a directory.
   *
   * @throws DataException if there is no manifest, or one that cannot be read
   */
  public static Dataset open(Configuration conf, Path directory) {
    Storage storage = new Storage(conf);
    Path file = new Path(directory, Manifest.FILE_NAME);
    try {
      if (!storage.isFile(file)) {
        throw DataException.cannot(
            "open data set " + directory,
            "it has no " + Manifest.FILE_NAME,
            "prepare the data set, or name another directory");
      }
      return new Dataset(storage, directory, storage.bytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the data set lies. */
  public Path directory() {
    return directory;
  }

  /** What it holds. */
  public Manifest manifest() {
    return manifest;
  }

  /** SHA-256 of the manifest, and so of all rows: two data sets with the same are the same. */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Reads one shard into memory, after checking its size and SHA-256.
   *
   * @throws DataException if the file is missing or differs from the manifest
   */
  public ImageShard read(Shard shard) {
    try {
      byte[] bytes = verified(shard);
      return ImageShardReader.read(new InMemoryFile(bytes), shard, manifest.shape());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read shard " + shard.file() + " of " + directory, e);
    }
  }

  private byte[] verified(Shard shard) throws IOException {
    Path file = new Path(directory, shard.file());
    if (!storage.isFile(file)) {
      throw DataException.cannot(
          "read shard " + shard.file(), "it is missing from " + directory, AGAIN);
    }
    long length = storage.length(file);
    if (length != shard.bytes()) {
      throw DataException.cannot(
          "read shard " + shard.file(),
          "its " + length + " bytes are not the manifest's " + shard.bytes(),
          AGAIN);
    }
    byte[] bytes = storage.bytes(file);
    String checksum = Digests.sha256(bytes);
    if (!checksum.equals(shard.sha256())) {
      throw DataException.cannot(
          "read shard " + shard.file(),
          "checksum "
              + Digests.abbreviated(checksum)
              + " does not match the manifest's "
              + Digests.abbreviated(shard.sha256()),
          AGAIN);
    }
    return bytes;
  }
}
