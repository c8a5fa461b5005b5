package io.blockwise.job.checkpoint;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.apache.hadoop.fs.Path;

/**
 * Objects as files, in Java's own form, with a checksum that is kept elsewhere. Only values of
 * Blockwise and of Java's collections are read, so that a file somebody else has put there can make
 * no other object. Thread-safe.
 */
final class StateFiles {
  private static final int BUFFER = 1 << 16;
  private static final ObjectInputFilter OURS =
      ObjectInputFilter.Config.createFilter(
          "io.blockwise.**;java.lang.*;java.util.*;java.time.*;!*");

  private final Storage storage;

  StateFiles(Storage storage) {
    this.storage = storage;
  }

  /**
   * Writes a file that appears when it is whole.
   *
   * @param attempt tells those apart that may write the same file at the same time
   * @throws UserException if there is no room
   */
  SavedFile write(Path file, long attempt, Serializable state) throws IOException {
    MessageDigest digest = Digests.sha256();
    long[] bytes = new long[1];
    storage.write(
        file,
        attempt,
        out -> {
          digest.reset();
          bytes[0] = 0;
          try (ObjectOutputStream objects = objects(counting(out, bytes), digest)) {
            objects.writeObject(state);
          }
        });
    return new SavedFile(file.getName(), bytes[0], Digests.hex(digest));
  }

  private static ObjectOutputStream objects(OutputStream out, MessageDigest digest)
      throws IOException {
    return new ObjectOutputStream(
        new BufferedOutputStream(new DigestOutputStream(out, digest), BUFFER));
  }

  private static OutputStream counting(OutputStream out, long[] bytes) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        out.write(value);
        bytes[0]++;
      }

      @Override
      public void write(byte[] from, int offset, int count) throws IOException {
        out.write(from, offset, count);
        bytes[0] += count;
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }
    };
  }

  /**
   * Reads a file, once its checksum was compared.
   *
   * @throws DamagedException if it is missing or altered
   * @throws UserException if it was written by another Blockwise
   */
  <T> T read(Path directory, SavedFile saved, Class<T> type) throws IOException {
    Path file = new Path(directory, saved.name());
    require(file, saved);
    try (ObjectInputStream in =
        new ObjectInputStream(new BufferedInputStream(storage.open(file), BUFFER))) {
      in.setObjectInputFilter(OURS);
      return type.cast(in.readObject());
    } catch (ClassNotFoundException | InvalidClassException | ClassCastException e) {
      throw UserException.cannot(
          "resume from " + file,
          "it was written by another version of Blockwise: " + e.getMessage(),
          "resume with that version, or choose another run-id",
          e);
    }
  }

  private void require(Path file, SavedFile saved) throws IOException {
    String fact = storage.exists(file) ? misfit(file, saved) : "it is missing";
    if (!fact.isEmpty()) {
      throw new DamagedException(file, fact);
    }
  }

  private String misfit(Path file, SavedFile saved) throws IOException {
    MessageDigest digest = Digests.sha256();
    try (InputStream in = storage.open(file)) {
      Digests.update(digest, in);
    }
    SavedFile found = new SavedFile(saved.name(), storage.length(file), Digests.hex(digest));
    return found.equals(saved) ? "" : "it has " + found + ", its manifest says " + saved;
  }
}
