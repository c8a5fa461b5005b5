package io.blockwise.model.averaging;

/** A question may or may not have arrived, its answer did not: ask again with the same bytes. */
public final class ReplyLostException extends RuntimeException {
  public ReplyLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
