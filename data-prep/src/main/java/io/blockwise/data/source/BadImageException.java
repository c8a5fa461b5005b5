package io.blockwise.data.source;

import java.io.IOException;

/** Says what is wrong with an image: {@code is truncated}. Immutable. */
final class BadImageException extends IOException {
  BadImageException(String fault) {
    super(fault);
  }

  BadImageException(String fault, Throwable cause) {
    super(fault, cause);
  }
}
