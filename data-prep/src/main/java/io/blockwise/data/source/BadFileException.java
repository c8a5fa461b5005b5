package io.blockwise.data.source;

import java.io.IOException;

/** That a file which holds one row cannot be read. */
public final class BadFileException extends IOException {
  private static final long serialVersionUID = 1;

  private final BadFile file;

  public BadFileException(BadFile file, Throwable cause) {
    super(file.toString(), cause);
    this.file = file;
  }

  /** Which one, and why. */
  public BadFile file() {
    return file;
  }
}
