package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.DeviceLostException;
import java.util.regex.Pattern;

/**
 * Tells failures of a computation from those of its device. After some errors of CUDA, such as an
 * access to an illegal address, every later call of the process fails. Thread-safe.
 */
final class LostDevice {
  /** Errors that last, as libtorch words them. */
  private static final Pattern LASTING =
      Pattern.compile(
          "misaligned address|illegal memory access|illegal instruction|illegal address"
              + "|unspecified launch failure|launch timed out|device-side assert"
              + "|uncorrectable|CUDNN_STATUS_EXECUTION_FAILED");

  private static final Pattern OF_CUDA = Pattern.compile("CUDA error|cuDNN error|CUBLAS_STATUS");
  private static final Pattern OUT_OF_MEMORY = Pattern.compile("out of memory|ALLOC_FAILED");

  private final Device device;
  private final Runnable probe;

  /**
   * @param probe a small computation that waits for the device; fails if nothing works any more
   */
  LostDevice(Device device, Runnable probe) {
    this.device = device;
    this.probe = probe;
  }

  /** What to throw for a failure on the device: itself, or that the device is lost. */
  RuntimeException of(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    if (device.kind() == Device.Kind.CPU
        || failure instanceof DeviceLostException
        || !isLost(message)) {
      return failure;
    }
    return new DeviceLostException(
        "Cannot use "
            + device
            + " in this process any more: "
            + message.lines().findFirst().orElse(message)
            + " (it takes a new process; with CUDA_LAUNCH_BLOCKING=1 in its environment the error"
            + " comes from the operation that causes it)",
        failure);
  }

  private boolean isLost(String message) {
    return LASTING.matcher(message).find() || OF_CUDA.matcher(message).find() && probeFails();
  }

  private boolean probeFails() {
    try {
      probe.run();
      return false;
    } catch (RuntimeException e) {
      return !OUT_OF_MEMORY.matcher(String.valueOf(e.getMessage())).find();
    }
  }
}
