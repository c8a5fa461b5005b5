package io.blockwise.data;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.data.text.Vocabulary;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The writing side of a data set's directory: checks that it can be written, removes what an
 * interrupted preparation left, and adds the manifest as the last file. Used by one thread.
 */
final class DatasetDirectory {
  private static final String SHARD_PREFIX = "shard-";

  /** Files that lie beside the shards of some kinds of data. */
  private static final Set<String> BESIDE = Set.of(Vocabulary.FILE_NAME, EmbeddingMatrix.FILE_NAME);

  private final Storage storage;
  private final Path directory;

  DatasetDirectory(Storage storage, Path directory) {
    this.storage = storage;
    this.directory = directory;
  }

  /**
   * Refuses a place that cannot be written, and one that holds anything but the remains of a data
   * set. Leaves no trace.
   */
  void requireUsable() throws IOException {
    try {
      storage.probe(directory);
    } catch (IOException e) {
      throw UserException.cannot(
          "write data set " + directory,
          Printable.firstLine(e),
          "choose an output that can be written",
          e);
    }
    if (storage.exists(directory)) {
      for (FileStatus entry : storage.list(directory)) {
        requireOwn(entry);
      }
    }
  }

  /**
   * Removes shards and files beside them, without a manifest. Call {@link #requireUsable} before.
   */
  void clear() throws IOException {
    for (Split split : Split.values()) {
      storage.delete(new Path(directory, split.directory()));
    }
    if (storage.isDirectory(directory)) {
      for (FileStatus entry : storage.list(directory)) {
        if (isBeside(entry.getPath().getName())) {
          storage.delete(entry.getPath());
        }
      }
    }
  }

  /** Those of side fields have the field's name and a dot before. */
  private static boolean isBeside(String name) {
    return BESIDE.stream().anyMatch(file -> name.equals(file) || name.endsWith("." + file));
  }

  /** Removes what a preparation that failed has written. Other things are left alone. */
  void abandon() throws IOException {
    clear();
    if (storage.isDirectory(directory) && storage.list(directory).isEmpty()) {
      storage.delete(directory);
    }
  }

  /** Writes the manifest, which makes the directory a data set. */
  void publish(Manifest manifest) throws IOException {
    storage.write(new Path(directory, Manifest.FILE_NAME), manifest.json());
  }

  private void requireOwn(FileStatus entry) throws IOException {
    String name = entry.getPath().getName();
    boolean isSplit = Arrays.stream(Split.values()).anyMatch(s -> s.directory().equals(name));
    if (isSplit && entry.isDirectory()) {
      for (FileStatus file : storage.list(entry.getPath())) {
        String shard = file.getPath().getName();
        if (!shard.startsWith(SHARD_PREFIX) && !shard.startsWith(".")) {
          throw foreign(name + "/" + shard);
        }
      }
    } else if (!name.startsWith(".") && !isBeside(name)) {
      throw foreign(name);
    }
  }

  private UserException foreign(String name) {
    return UserException.cannot(
        "write data set " + directory,
        "it holds " + name + ", which is no part of a data set",
        "choose another directory, or move that away");
  }
}
