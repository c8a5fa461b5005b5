package io.blockwise.model.artifact;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import io.blockwise.base.files.Storage;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The files of a version, measured as they are written and read. Thread-safe. */
final class ArtifactFiles {
  /** Of a file that is read in one piece; a confusion matrix of 1000 classes takes 10 MB. */
  private static final int MOST_BYTES = 64 << 20;

  private static final int MOST_READS = 3;

  private final Storage storage;

  ArtifactFiles(Storage storage) {
    this.storage = storage;
  }

  /**
   * The bytes of a small file; empty if there is none.
   *
   * @throws UserException if it is not small
   */
  Optional<byte[]> read(Path path) throws IOException {
    try (InputStream in = storage.open(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw UserException.cannot(
            "read " + path,
            "it has more than " + MOST_BYTES + " bytes",
            "it is damaged: restore it");
      }
      return Optional.of(bytes);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * The bytes of a small file that ends with a new line and is replaced by others at any time. What
   * is read in that moment may be an error, or the new content cut to the length of the old one; it
   * is read again then.
   */
  Optional<byte[]> readReplaced(Path path) throws IOException {
    byte[] before = null;
    for (int left = MOST_READS; ; left--) {
      try {
        Optional<byte[]> read = read(path);
        if (read.isEmpty() || isWhole(read.get()) || Arrays.equals(read.get(), before)) {
          return read;
        }
        before = read.get();
      } catch (IOException e) {
        if (left <= 1) {
          throw e;
        }
      }
    }
  }

  private static boolean isWhole(byte[] lines) {
    return lines.length > 0 && lines[lines.length - 1] == '\n';
  }

  /** Size and checksum as the file is now; empty if there is none. */
  Optional<ArtifactManifest.Entry> measure(Path path) throws IOException {
    Measured measured = new Measured(OutputStream.nullOutputStream());
    try (InputStream in = storage.open(path)) {
      in.transferTo(measured);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    return Optional.of(measured.entry(path));
  }

  /** Writes a file, over an older one if need be, and says what was written. */
  ArtifactManifest.Entry write(Path path, Storage.Content content) throws IOException {
    ArtifactManifest.Entry[] written = new ArtifactManifest.Entry[1];
    storage.put(
        path,
        out -> {
          Measured measured = new Measured(out);
          content.writeTo(measured);
          written[0] = measured.entry(path);
        });
    return written[0];
  }

  /** Counts and digests what passes. Used by one thread. */
  private static final class Measured extends FilterOutputStream {
    private final MessageDigest sha256;
    private long bytes;

    Measured(OutputStream out) {
      this(out, Digests.sha256());
    }

    private Measured(OutputStream out, MessageDigest sha256) {
      super(new DigestOutputStream(out, sha256));
      this.sha256 = sha256;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
      bytes += length;
    }

    ArtifactManifest.Entry entry(Path path) {
      return new ArtifactManifest.Entry(path.getName(), bytes, Digests.hex(sha256));
    }
  }
}
