package io.blockwise.model.engine;

/**
 * An engine cannot be used here: its library is absent or does not fit the machine, or there is no
 * such device. The message is one line that says what to do; another attempt would end alike.
 */
public final class EngineUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public EngineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
