package io.blockwise.job.checkpoint;

import io.blockwise.base.FileNames;
import io.blockwise.base.files.Digests;
import java.io.Serializable;
import java.util.Objects;

/**
 * A file of a checkpoint. Immutable.
 *
 * @param name in the checkpoint's directory
 * @param bytes its length
 * @param sha256 of its content, in lower-case hexadecimal
 */
record SavedFile(String name, long bytes, String sha256) implements Serializable {
  SavedFile {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(sha256, "sha256");
    if (!FileNames.isPlain(name) || bytes < 0) {
      throw new IllegalArgumentException(
          "Invalid file of a checkpoint: " + name + ", " + bytes + " bytes");
    }
  }

  /** Length and enough of the checksum to tell two files apart. */
  @Override
  public String toString() {
    return bytes + " bytes with SHA-256 " + Digests.abbreviated(sha256);
  }
}
