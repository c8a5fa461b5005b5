package io.blockwise.base.files;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Checksums in lower-case hexadecimal. Thread-safe. */
public final class Digests {
  private static final int BUFFER = 1 << 16;
  private static final int SHOWN = 4;

  private Digests() {}

  /** A fresh SHA-256. */
  public static MessageDigest sha256() {
    return named("SHA-256");
  }

  /** A fresh digest of an algorithm that every Java has. */
  public static MessageDigest named(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException("Unknown digest: " + algorithm, e);
    }
  }

  /** Feeds a whole stream to a digest. */
  public static void update(MessageDigest digest, InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      digest.update(buffer, 0, read);
    }
  }

  /** The finished digest as text. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of bytes at hand. */
  public static String sha256(byte[] bytes) {
    MessageDigest digest = sha256();
    digest.update(bytes);
    return hex(digest);
  }

  /** Enough of a checksum to tell two apart in a message: {@code 9f1c...}. */
  public static String abbreviated(String hex) {
    return hex.length() <= SHOWN ? hex : hex.substring(0, SHOWN) + "...";
  }
}
