package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.DeviceLostException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recognition needs no GPU: failures are given, and the probe says how the device is. */
@Tag("thorough")
class LostDeviceTest {
  private static final Device GPU = Device.gpu(1);
  private static final Runnable WORKS = () -> {};
  private static final Runnable FAILS =
      () -> {
        throw new RuntimeException("CUDA error: unknown error");
      };
  private static final Runnable IS_FULL =
      () -> {
        throw new RuntimeException("CUDA out of memory. Tried to allocate 2.00 MiB");
      };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA error: misaligned address",
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: device-side assert triggered",
        "CUDA error: unspecified launch failure",
        "CUDA error: uncorrectable ECC error encountered",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"
      })
  void errorsThatLastAreKnownByTheirWords(String message) {
    assertThat(new LostDevice(GPU, WORKS).of(new RuntimeException(message)))
        .isInstanceOf(DeviceLostException.class);
  }

  @Test
  void anotherErrorOfCudaIsProbed() {
    RuntimeException error = new RuntimeException("CUDA error: invalid argument");
    assertThat(new LostDevice(GPU, WORKS).of(error)).isSameAs(error);
    assertThat(new LostDevice(GPU, FAILS).of(error)).isInstanceOf(DeviceLostException.class);
    assertThat(new LostDevice(GPU, IS_FULL).of(error)).isSameAs(error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 20.00 GiB",
        "Expected all tensors to be on the same device"
      })
  void whatIsNoErrorOfTheDeviceStaysWhatItIs(String message) {
    RuntimeException error = new RuntimeException(message);
    assertThat(new LostDevice(GPU, FAILS).of(error)).isSameAs(error);
    RuntimeException without = new IllegalStateException();
    assertThat(new LostDevice(GPU, FAILS).of(without)).isSameAs(without);
  }

  @Test
  void theCpuIsNeverLost() {
    RuntimeException error = new RuntimeException("CUDA error: misaligned address");
    assertThat(new LostDevice(Device.CPU, FAILS).of(error)).isSameAs(error);
  }

  @Test
  void whateverComputesOnAGpuSaysSoInOneLine() {
    Library.load();
    Host host = new Host(GPU);
    RuntimeException error =
        new RuntimeException(
            "CUDA error: misaligned address\nCUDA kernel errors might be asynchronously reported");
    assertThatThrownBy(
            () ->
                host.run(
                    () ->
                        host.run(
                            () -> {
                              throw error;
                            })))
        .isInstanceOf(DeviceLostException.class)
        .hasMessage(
            "Cannot use gpu 1 in this process any more: CUDA error: misaligned address (it takes a"
                + " new process; with CUDA_LAUNCH_BLOCKING=1 in its environment the error comes"
                + " from the operation that causes it)")
        .hasCause(error);
  }
}
