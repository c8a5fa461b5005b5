package io.blockwise.data.source.text.record;

/** That a line holds no row; the message says what is the matter with it. */
public final class BadRecordException extends Exception {
  private static final long serialVersionUID = 1;

  public BadRecordException(String fact) {
    super(fact);
  }
}
