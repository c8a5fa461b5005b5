package io.blockwise.model.engine;

/**
 * The device has failed in a way that the process cannot recover from, such as a CUDA error after
 * which every later call fails: whatever uses the device needs a new process. Thrown by an engine
 * from any call that computes.
 */
public final class DeviceLostException extends RuntimeException {
  /**
   * @param message what failed on which device, in one line
   */
  public DeviceLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
