package io.blockwise.job;

/**
 * Something that the user must fix: one line that says what cannot be done, why, and what to do.
 *
 * <p>The command line prints the message without a stack trace and ends with exit code 2.
 * Immutable.
 */
public final class UserException extends RuntimeException {
  /** With {@code Cannot <do what>: <fact> (<what to do>)} or {@code Invalid <key>: ...}. */
  public UserException(String message) {
    super(message);
  }

  /** Keeps the cause for logs; the message alone must tell the user enough. */
  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
