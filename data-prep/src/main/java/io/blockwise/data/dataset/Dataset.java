package io.blockwise.data.dataset;

import io.blockwise.data.check.DataException;
import io.blockwise.data.storage.Digests;
import io.blockwise.data.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.InputFile;

/**
 * A prepared data set on storage.
 *
 * <p>Opening reads the manifest only. Thread-safe.
 */
public final class Dataset {
  /** Files up to this size are checked and parsed from one copy in memory. */
  private static final long MOST_AT_ONCE = 64 << 20;

  private final Storage storage;
  private final Path directory;
  private final Manifest manifest;
  private final String fingerprint;

  /** What was read in pieces once, with the checksums to read it again. */
  private final Map<Shard, InputFile> chunked = new ConcurrentHashMap<>();

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
   * @param shard with less than 2 GiB of pixels
   * @throws DataException if the file is missing, differs from the manifest or holds other rows
   *     than it says
   */
  public ImageShard read(Shard shard) {
    try (ImageShardStream stream = shard.bytes() > MOST_AT_ONCE ? stream(shard) : whole(shard)) {
      return stream.next(shard.rows());
    }
  }

  /**
   * Opens one shard to read it in pieces, so that never all of it is in memory. Its size and
   * SHA-256 are checked before the first row is given, which reads the file twice; when the same
   * shard is opened again, it is compared with that while it is read.
   *
   * @throws DataException if the file is missing or differs from the manifest
   */
  public ImageShardStream stream(Shard shard) {
    return opened(
        shard,
        file -> {
          file.requireLength();
          InputFile known = chunked.get(shard);
          InputFile checked = known == null ? file.inChunks() : known;
          chunked.put(shard, checked);
          return checked;
        });
  }

  private ImageShardStream whole(Shard shard) {
    return opened(shard, ShardFile::inMemory);
  }

  private ImageShardStream opened(Shard shard, Check check) {
    try {
      InputFile checked = check.content(new ShardFile(storage, directory, shard));
      return ImageShardStream.open(checked, shard, manifest.shape(), manifest.classes().size());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read shard " + shard.file() + " of " + directory, e);
    }
  }

  /** A way to check a file. */
  private interface Check {
    InputFile content(ShardFile file) throws IOException;
  }
}
