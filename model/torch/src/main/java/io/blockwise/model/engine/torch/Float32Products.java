package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.EngineUnavailableException;
import io.blockwise.model.spec.Precision;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * How GPUs compute products of float32: exactly or on operands rounded to TF32. libtorch has one
 * setting for the whole process, and comes with TF32 in convolutions. So engines that are open at
 * the same time have to agree; one on the CPU does not care. Thread-safe.
 */
final class Float32Products implements AutoCloseable {
  private static int open;
  private static boolean tf32;

  private boolean holds;

  private Float32Products(boolean holds) {
    this.holds = holds;
  }

  /**
   * Settles it until this is closed.
   *
   * @throws EngineUnavailableException if an engine that is open wants it otherwise
   */
  static Float32Products of(Device device, Precision precision) {
    if (device.kind() == Device.Kind.GPU) {
      hold(precision == Precision.TF32);
    }
    return new Float32Products(device.kind() == Device.Kind.GPU);
  }

  private static synchronized void hold(boolean wanted) {
    if (open > 0 && wanted != tf32) {
      throw EngineUnavailableException.of(
          TorchProvider.NAME,
          "this process computes on a GPU "
              + (tf32 ? "with" : "without")
              + " tf32 already, and libtorch has one setting of it (wait for the other run to end,"
              + " or give both the same precision)",
          null);
    }
    open++;
    tf32 = wanted;
    Context context = torch.globalContext();
    context.setAllowTF32CuDNN(wanted);
    context.setAllowTF32CuBLAS(wanted);
  }

  @Override
  public void close() {
    synchronized (Float32Products.class) {
      open -= holds ? 1 : 0;
      holds = false;
    }
  }
}
