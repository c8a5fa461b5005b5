package io.blockwise.job;

/**
 * A run that has trained its model to the end, which {@code publish.if} keeps from being published:
 * exit code 3, so that a scheduler can tell it from a failure. Immutable.
 */
public final class NotPublishedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With both figures, and what to do. */
  public NotPublishedException(String message) {
    super(message);
  }
}
