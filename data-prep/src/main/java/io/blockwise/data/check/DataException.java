package io.blockwise.data.check;

/**
 * Something the user must fix before the data can be prepared or read: an option, a file, a folder.
 *
 * <p>The message is one line that can be shown as it is: {@code Cannot <do what>: <fact> (<what to
 * do>)} or {@code Invalid <key>: <value> (must be ...)}. Immutable.
 */
public final class DataException extends RuntimeException {
  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@code Cannot <action>: <fact> (<remedy>)}. */
  public static DataException cannot(String action, String fact, String remedy) {
    return new DataException("Cannot " + action + ": " + fact + " (" + remedy + ")");
  }
}
