package io.blockwise.data.dataset;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A prepared data set on storage.
 *
 * <p>Opening reads the manifest only. Thread-safe.
 */
public final class Dataset {
  /** What stands in {@link #originalLabels} for a label that is the raw data's. */
  public static final int NOT_DRAWN = -1;

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
    return reader(shard).read(bytes(shard));
  }

  private ShardReader reader(Shard shard) {
    return new ShardReader(shard, manifest.schema(), manifest.classes().size());
  }

  private byte[] bytes(Shard shard) {
    return checked(
        "shard " + shard.file(), new ListedFile(shard.file(), shard.bytes(), shard.sha256()));
  }

  /**
   * Reads of a shard of train only the labels that others were drawn in place of, after the same
   * checks.
   *
   * @return per row the label before the draw, {@link #NOT_DRAWN} where none was drawn; so it is
   *     everywhere if the manifest has no rows {@link Manifest#drawn}
   * @throws UserException as {@link #read(Shard)}
   */
  public int[] originalLabels(Shard shard) {
    if (manifest.drawn() > 0) {
      return reader(shard).originalLabels(bytes(shard));
    }
    int[] none = new int[shard.rows()];
    Arrays.fill(none, NOT_DRAWN);
    return none;
  }

  /**
   * Reads a file that lies beside the shards, after checking its size and SHA-256.
   *
   * @throws UserException if there is none of that name, or it differs from the manifest
   */
  public byte[] read(String name) {
    ListedFile file =
        manifest.files().stream()
            .filter(listed -> listed.name().equals(name))
            .findFirst()
            .orElseThrow(() -> unreadable(name, "the data set has no such file"));
    return checked(name, file);
  }

  /** What was read whole, so that the bytes that are parsed are the bytes that were checked. */
  private byte[] checked(String what, ListedFile file) {
    Path path = new Path(directory, file.name());
    try {
      if (!storage.isFile(path)) {
        throw unreadable(what, "it is missing from " + directory);
      }
      long length = storage.length(path);
      if (length != file.bytes()) {
        throw unreadable(what, "its " + length + " bytes are not the manifest's " + file.bytes());
      }
      byte[] bytes = storage.bytes(path);
      String found = Digests.sha256(bytes);
      if (!found.equals(file.sha256())) {
        throw unreadable(
            what,
            "checksum "
                + Digests.abbreviated(found)
                + " does not match the manifest's "
                + Digests.abbreviated(file.sha256()));
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + what + " of " + directory, e);
    }
  }

  private static UserException unreadable(String what, String fact) {
    return UserException.cannot("read " + what, fact, "prepare the data set again");
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
