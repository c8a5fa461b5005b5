package io.blockwise.data.check;

/**
 * Something the user must fix before the data can be prepared or read: an option, a file, a folder.
 *
 * <p>The message is one line that can be shown as it is: {@code Cannot <do what>: <fact> (<what to
 * do>)} or {@code Invalid <key>: <value> (must be ...)}. What would break the line or speak to the
 * terminal, in the name of a file perhaps, is shown as {@code ?}. Immutable.
 */
public final class DataException extends RuntimeException {
  public DataException(String message) {
    super(oneLine(message));
  }

  public DataException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}", "?");
  }

  /** {@code Cannot <action>: <fact> (<remedy>)}. */
  public static DataException cannot(String action, String fact, String remedy) {
    return new DataException("Cannot " + action + ": " + fact + " (" + remedy + ")");
  }
}
