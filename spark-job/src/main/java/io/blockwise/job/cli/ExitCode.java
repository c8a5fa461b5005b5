package io.blockwise.job.cli;

/**
 * What the process tells its caller. Ended by SIGTERM, the Java machine itself returns 143 whatever
 * the command says, as it returns 130 for SIGINT.
 */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USER_ERROR = 2;
  static final int NOT_PUBLISHED = 3;
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
