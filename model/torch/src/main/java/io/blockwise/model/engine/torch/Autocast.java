package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Device;
import io.blockwise.model.spec.Precision;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Layers in the precision of the engine: under PyTorch's autocast if that is bfloat16. Used by one
 * thread, whose setting it is.
 */
final class Autocast {
  private final boolean enabled;
  private final DeviceType device;

  Autocast(Device device, Precision precision) {
    enabled = precision == Precision.BFLOAT16;
    this.device = device.kind() == Device.Kind.GPU ? DeviceType.CUDA : DeviceType.CPU;
  }

  /** The same layer in this precision. */
  Layer of(Layer layer) {
    return enabled ? (x, pass) -> lower(layer, x, pass) : layer;
  }

  /** The same, with its output in float32, as losses want it. */
  Layer exactly(Layer layer) {
    return enabled ? (x, pass) -> lower(layer, x, pass).to(ScalarType.Float) : layer;
  }

  private Tensor lower(Layer layer, Tensor x, Pass pass) {
    torch.set_autocast_dtype(device, ScalarType.BFloat16);
    torch.set_autocast_enabled(device, true);
    try {
      return layer.forward(x, pass);
    } finally {
      torch.set_autocast_enabled(device, false);
    }
  }
}
