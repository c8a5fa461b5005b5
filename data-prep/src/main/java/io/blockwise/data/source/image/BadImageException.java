package io.blockwise.data.source.image;

import java.io.IOException;

/** Says what is wrong with an image: {@code is truncated}. Immutable. */
public final class BadImageException extends IOException {
  BadImageException(String fault) {
    super(fault);
  }

  /** Keeps what was found. */
  public BadImageException(String fault, Throwable cause) {
    super(fault, cause);
  }
}
