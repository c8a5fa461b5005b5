package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Device;
import io.blockwise.model.spec.Shape;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The border between Java's arrays and tensors on a device. One copy each way: into pinned memory
 * where the device is a GPU, so that the transfer need not be waited for. Thread-safe.
 */
final class Host {
  private final Device device;
  private final LostDevice lost;
  private final TensorOptions onHost;
  private final org.bytedeco.pytorch.Device torchDevice;

  Host(Device device) {
    this.device = device;
    lost = new LostDevice(device, this::probe);
    boolean gpu = device.kind() == Device.Kind.GPU;
    onHost = floats().pinned_memory(new BoolOptional(gpu));
    torchDevice =
        new org.bytedeco.pytorch.Device(
            gpu ? DeviceType.CUDA : DeviceType.CPU, (byte) (gpu ? device.index() : -1));
  }

  /** What uploads batches ahead: nothing on a CPU, which would copy within the same memory. */
  Optional<Uploads> uploads() {
    return device.kind() == Device.Kind.GPU
        ? Optional.of(Uploads.of(torchDevice))
        : Optional.empty();
  }

  private static TensorOptions floats() {
    return new TensorOptions().dtype(new ScalarTypeOptional(ScalarType.Float));
  }

  /**
   * Computes something; its tensors are freed afterwards unless they are kept.
   *
   * @throws io.blockwise.model.engine.DeviceLostException if the process can never use the device
   *     again
   */
  <T> T compute(Supplier<T> work) {
    try {
      return Scope.get(work);
    } catch (RuntimeException e) {
      throw lost.of(e);
    }
  }

  /** The same without a value. */
  void run(Runnable work) {
    compute(
        () -> {
          work.run();
          return null;
        });
  }

  private void probe() {
    Scope.run(() -> read(zerosInScope(1), new float[1], 0));
  }

  /** A tensor of the leading values of an array. */
  Tensor tensor(float[] values, int count, long... shape) {
    Tensor tensor = torch.empty(shape, onHost, new MemoryFormatOptional());
    if (count > 0) {
      tensor.data_ptr_float().put(values, 0, count);
    }
    return onDevice(tensor);
  }

  /** Rows of a batch; maps in the order in which convolutions read them. */
  Tensor rows(float[] values, int rows, Shape shape) {
    LongStream.Builder sizes = LongStream.builder().add(rows);
    shape.sizes().forEach(sizes::add);
    Tensor tensor = tensor(values, rows * shape.elements(), sizes.build().toArray());
    return shape instanceof Shape.FeatureMap
        ? tensor.contiguous(MemoryFormat.ChannelsLast)
        : tensor;
  }

  /** Class ids, one per row. */
  Tensor labels(int[] labels) {
    long[] ids = new long[labels.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = labels[i];
    }
    return onDevice(torch.tensor(ids));
  }

  /** A vector of zeros that is kept. */
  Tensor zeros(long length) {
    return compute(() -> Scope.keep(zerosInScope(length)));
  }

  /** The scalar 0, in the scope. */
  Tensor zero() {
    return torch.zeros(new long[0], floats().device(new DeviceOptional(torchDevice)));
  }

  private Tensor zerosInScope(long length) {
    return torch.zeros(new long[] {length}, floats().device(new DeviceOptional(torchDevice)));
  }

  private Tensor onDevice(Tensor tensor) {
    return device.kind() == Device.Kind.CPU
        ? tensor
        : tensor.to(torchDevice, tensor.scalar_type(), true, false, new MemoryFormatOptional());
  }

  /** Copies a tensor's values out, in the order of its logical indices. */
  static void read(Tensor tensor, float[] into, int offset) {
    int count = Math.toIntExact(tensor.numel());
    if (count == 0) {
      return;
    }
    Scope.run(
        () -> {
          Tensor host = tensor.to(ScalarType.Float).cpu().contiguous();
          host.data_ptr_float().get(into, offset, count);
        });
  }

  /** Copies values into a contiguous tensor. */
  static void write(float[] from, int offset, Tensor tensor) {
    int count = Math.toIntExact(tensor.numel());
    if (count == 0) {
      return;
    }
    Scope.run(
        () -> {
          if (tensor.is_cpu()) {
            tensor.data_ptr_float().put(from, offset, count);
          } else {
            Tensor host = torch.empty(new long[] {count}, floats(), new MemoryFormatOptional());
            host.data_ptr_float().put(from, offset, count);
            tensor.copy_(host);
          }
        });
  }
}
