package io.blockwise.data.download;

import java.net.URI;

/**
 * A published file. Immutable.
 *
 * @param checksum as published
 * @param content what is done with it
 */
public record RemoteFile(URI uri, Checksum checksum, Content content) {
  /** What a file is. */
  public enum Content {
    /** Kept as it is. */
    FILE,
    /** A {@code .tar.gz} that is unpacked and then deleted. */
    ARCHIVE
  }

  /** Last part of the address. */
  public String name() {
    String path = uri.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
