package io.blockwise.data.dataset;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A prepared data set on storage.
 *
 * <p>Opening reads the manifest only. Thread-safe.
 */
public final class Dataset {
  private final Storage storage;
  private final Path directory;
  private final Manifest manifest;
  private final String fingerprint;

  private Dataset(Storage storage, Path directory, byte[] json) {
    this.storage = storage;
    this.directory = directory;
    this.manifest = ManifestJson.read(json, "data set " + directory);
    this.fingerprint = Digests.sha256(json);
    requireSmallShards();
  }

  /**
   * Opens the data set in a directory.
   *
   * @throws UserException if there is no manifest, or one that cannot be read, or a shard is larger
   *     than {@link Shard#MOST_BYTES}
   */
  public static Dataset open(Configuration conf, Path directory) {
    Storage storage = new Storage(conf);
    Path file = new Path(directory, Manifest.FILE_NAME);
    try {
      if (!storage.isFile(file)) {
        throw UserException.cannot(
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
   * @throws UserException if the file is missing, differs from the manifest or holds other rows
   *     than it says
   */
  public Rows read(Shard shard) {
    ShardReader reader = new ShardReader(shard, manifest.schema(), manifest.classes().size());
    try {
      return reader.read(new ShardFile(storage, directory, shard).inMemory());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read shard " + shard.file() + " of " + directory, e);
    }
  }

  /** Shards are read whole, so memory must be able to hold any of them. */
  private void requireSmallShards() {
    for (SplitContent split : manifest.splits().values()) {
      for (Shard shard : split.shards()) {
        long bytes = shard.rows() * manifest.schema().rowBytes();
        if (bytes > Shard.MOST_BYTES) {
          throw UserException.cannot(
              "open data set " + directory,
              String.format(
                  Locale.ROOT,
                  "%s has %d MiB of rows, and a shard may have %d",
                  shard.file(),
                  bytes + (1 << 20) - 1 >> 20,
                  Shard.MOST_BYTES >> 20),
              "delete it and make it anew: bin/blockwise prepare CONFIGURATION");
        }
      }
    }
  }
}
