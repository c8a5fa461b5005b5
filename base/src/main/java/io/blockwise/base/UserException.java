package io.blockwise.base;

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

  /** {@code Cannot <action>: <fact> (<remedy>)}. */
  public static UserException cannot(String action, String fact, String remedy) {
    return new UserException(
        Printable.escaped("Cannot " + action + ": " + fact + " (" + remedy + ")"));
  }

  /** The same, which keeps the cause for logs. */
  public static UserException cannot(String action, String fact, String remedy, Throwable cause) {
    return new UserException(cannot(action, fact, remedy).getMessage(), cause);
  }

  /** {@code Invalid <key>: <value> (<rule>)}, of what only the data or the file can tell. */
  public static UserException invalid(String key, Object value, String rule) {
    return new UserException("Invalid " + key + ": " + value + " (" + rule + ")");
  }

  // Names of files and values may hold anything; what follows is printed on a terminal.
  private static String safe(String message) {
    return Redaction.of(
        String.valueOf(message).lines().map(Printable::escaped).collect(Collectors.joining("\n")));
  }
}
