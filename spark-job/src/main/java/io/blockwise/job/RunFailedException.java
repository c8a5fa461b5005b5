package io.blockwise.job;

/**
 * Training that cannot go on for a reason that the message explains: exit code 1 without a stack
 * trace. Immutable.
 */
public final class RunFailedException extends RuntimeException {
  /** With what failed, the last figures and what to try. */
  public RunFailedException(String message) {
    super(message);
  }
}
