package io.blockwise.data.download;

import io.blockwise.base.files.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A published checksum. Immutable.
 *
 * @param algorithm {@code MD5} or {@code SHA-256}, whichever was published
 * @param hex lower case
 */
public record Checksum(String algorithm, String hex) {
  /** What the file at hand has. */
  Checksum of(Path file) throws IOException {
    MessageDigest digest = Digests.named(algorithm);
    try (InputStream in = Files.newInputStream(file)) {
      Digests.update(digest, in);
    }
    return new Checksum(algorithm, Digests.hex(digest));
  }
}
