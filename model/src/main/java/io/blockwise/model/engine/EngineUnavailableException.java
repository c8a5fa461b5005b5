package io.blockwise.model.engine;

/**
 * An engine cannot be used here: its jar or library is absent or does not fit the machine, or there
 * is no such device. The message is one line that says what to do; another attempt would end alike.
 */
public final class EngineUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  EngineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * {@code Cannot use engine = NAME: REFUSAL}.
   *
   * @param refusal as {@link EngineProvider} words it
   * @param cause may be null
   */
  public static EngineUnavailableException of(String engine, String refusal, Throwable cause) {
    return new EngineUnavailableException("Cannot use engine = " + engine + ": " + refusal, cause);
  }
}
