package io.blockwise.data.download;

import io.blockwise.base.files.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A published file. Immutable.
 *
 * @param algorithm of the checksum: {@code MD5} or {@code SHA-256}, whichever was published
 * @param checksum as published, lower-case hexadecimal
 */
public record RemoteFile(URI uri, String algorithm, String checksum) {
  /** Last part of the address. */
  String name() {
    String path = uri.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether it is unpacked and then deleted, and not kept as it is. */
  boolean isArchive() {
    return name().endsWith(".tar.gz") || name().endsWith(".zip");
  }

  /** The checksum of a file at hand. */
  String checksumOf(Path file) throws IOException {
    MessageDigest digest = Digests.named(algorithm);
    try (InputStream in = Files.newInputStream(file)) {
      Digests.update(digest, in);
    }
    return Digests.hex(digest);
  }
}
