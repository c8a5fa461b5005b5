package io.blockwise.model.artifact;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Files that are whole or not there, on any Hadoop file system. Thread-safe. */
final class ArtifactFiles {
  /** Of a file that is read in one piece; a confusion matrix of 1000 classes takes 10 MB. */
  private static final int MOST_BYTES = 64 << 20;

  private final Configuration configuration;
  private final FileSystem files;

  ArtifactFiles(Configuration configuration, Path directory) throws IOException {
    FileSystem found = directory.getFileSystem(configuration);
    this.configuration = configuration;
    // Hadoop's own checksum files would only repeat the manifest, and hide its message.
    this.files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
  }

  /** What a file shall hold. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  boolean exists(Path path) throws IOException {
    return files.exists(path);
  }

  /**
   * The bytes of a small file; empty if there is none.
   *
   * @throws ArtifactException if it is not small
   */
  Optional<byte[]> read(Path path) throws IOException {
    try (InputStream in = files.open(path)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new ArtifactException(
            "Cannot read "
                + path
                + ": it has more than "
                + MOST_BYTES
                + " bytes (it is damaged: restore it)");
      }
      return Optional.of(bytes);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  InputStream open(Path path) throws IOException {
    return files.open(path);
  }

  /** Size and checksum as the file is now; empty if there is none. */
  Optional<ArtifactManifest.Entry> measure(Path path) throws IOException {
    MessageDigest sha256 = sha256();
    long bytes = 0;
    try (InputStream in = files.open(path)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
        bytes += n;
      }
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    return Optional.of(entry(path, bytes, sha256));
  }

  /** Writes a file, over an older one if need be, and says what was written. */
  ArtifactManifest.Entry write(Path path, Content content) throws IOException {
    MessageDigest sha256 = sha256();
    FSDataOutputStream out = files.create(path, true);
    try {
      content.writeTo(new DigestOutputStream(out, sha256));
    } catch (IOException | RuntimeException | Error e) {
      abandon(out, e);
      throw e;
    }
    long bytes = out.getPos();
    out.close();
    return entry(path, bytes, sha256);
  }

  /** Writes a file such that a reader sees the old content or the new one, at any moment. */
  void replace(Path path, byte[] content) throws IOException {
    if (files.hasPathCapability(path, CommonPathCapabilities.ABORTABLE_STREAM)) {
      // An object appears whole when its stream is closed; a rename would be a copy.
      write(path, out -> out.write(content));
      return;
    }
    Path temporary = path.suffix(".tmp");
    try {
      write(temporary, out -> out.write(content));
      rename(temporary, path);
    } catch (IOException | RuntimeException e) {
      deleteAfter(e, temporary);
      throw e;
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (files instanceof RawLocalFileSystem local) {
      // Not FileContext: on local files its overwriting rename deletes the target first.
      File source = local.pathToFile(from);
      Files.move(source.toPath(), local.pathToFile(to).toPath(), StandardCopyOption.ATOMIC_MOVE);
    } else {
      FileContext.getFileContext(files.getUri(), configuration)
          .rename(from, to, Options.Rename.OVERWRITE);
    }
  }

  private void deleteAfter(Exception failure, Path temporary) {
    try {
      files.delete(temporary, false);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Gives a stream up whose content is not complete. */
  private static void abandon(FSDataOutputStream out, Throwable failure) {
    try {
      if (out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
        // Closing would make the object appear with half its content.
        out.abort();
      } else {
        out.close();
      }
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static ArtifactManifest.Entry entry(Path path, long bytes, MessageDigest sha256) {
    return new ArtifactManifest.Entry(
        path.getName(), bytes, HexFormat.of().formatHex(sha256.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
