package io.blockwise.job.exchange;

/**
 * A message that gets nothing but a status. Without a stack, since it is no error of the driver.
 */
final class RefusedMessageException extends Exception {
  private final Status status;

  RefusedMessageException(Status status) {
    super(status.name(), null, false, false);
    this.status = status;
  }

  Status status() {
    return status;
  }
}
