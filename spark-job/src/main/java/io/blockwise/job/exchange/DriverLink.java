package io.blockwise.job.exchange;

/** The way from an executor to the driver. Thread-safe. */
interface DriverLink {
  /** Sends a message and waits for the answer; any exception says that the answer is lost. */
  Object ask(byte[] message) throws Exception;

  /** Sends a message that may get lost. Does not wait. */
  void send(byte[] message) throws Exception;
}
