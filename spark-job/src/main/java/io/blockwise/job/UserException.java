package io.blockwise.job;

import io.blockwise.model.Printable;
import io.blockwise.model.Redaction;
import java.util.stream.Collectors;

/**
 * Something that the user must fix: one line that says what cannot be done, why, and what to do.
 *
 * <p>The command line prints the message without a stack trace and ends with exit code 2. Control
 * characters are written out, and secrets that show by their form are left out. Immutable.
 */
public final class UserException extends RuntimeException {
  /** With {@code Cannot <do what>: <fact> (<what to do>)} or {@code Invalid <key>: ...}. */
  public UserException(String message) {
    super(safe(message));
  }

  /** Keeps the cause for logs; the message alone must tell the user enough. */
  public UserException(String message, Throwable cause) {
    super(safe(message), cause);
  }

  // Names of files and values may hold anything; what follows is printed on a terminal.
  private static String safe(String message) {
    return Redaction.of(
        String.valueOf(message).lines().map(Printable::escaped).collect(Collectors.joining("\n")));
  }
}
