package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Translates specifications to layers, by the names of the block's layout. */
final class Layers {
  private static final double EPSILON = LayerSpec.BatchNorm.EPSILON;
  private static final double MOMENTUM = 0.1;
  private static final long[] NONE = {0, 0};
  private static final long[] ONE = {1, 1};

  private Layers() {}

  /** The layers of a module, one behind the other. */
  static Layer of(ModuleSpec module) {
    List<Layer> layers = new ArrayList<>();
    Shape shape = module.input();
    for (int i = 0; i < module.parts().size(); i++) {
      ModuleSpec.Part part = module.parts().get(i);
      layers.add(
          part.layer() instanceof LayerSpec.Residual residual
              ? residual(part.name(), residual, shape)
              : layer(part.name(), part.layer(), module.mayOverwrite(i)));
      shape = part.layer().output(shape);
    }
    return chain(layers);
  }

  private static Layer chain(List<Layer> layers) {
    return (x, pass) -> {
      Tensor y = x;
      for (Layer layer : layers) {
        Tensor next = layer.forward(y, pass);
        if (next.address() != y.address()) { // else y was written over, and is still the owner
          release(y, x);
          y = next;
        }
      }
      return y;
    };
  }

  /**
   * Gives back what was read, without waiting for the end of the pass: what the way back needs is
   * held by autograd, and by it alone.
   */
  private static void release(Tensor read, Tensor input) {
    if (read.address() != input.address()) {
      read.close();
    }
  }

  private static Layer layer(String name, LayerSpec spec, boolean scratch) {
    if (spec instanceof LayerSpec.Convolution convolution) {
      return convolution(name, convolution);
    }
    if (spec instanceof LayerSpec.BatchNorm) {
      return batchNorm(name);
    }
    if (spec instanceof LayerSpec.Relu) {
      return relu(scratch);
    }
    if (spec instanceof LayerSpec.Tanh) {
      return scratch ? (x, pass) -> x.tanh_() : (x, pass) -> torch.tanh(x);
    }
    if (spec instanceof LayerSpec.Sigmoid) {
      return scratch ? (x, pass) -> x.sigmoid_() : (x, pass) -> torch.sigmoid(x);
    }
    if (spec instanceof LayerSpec.Elu elu) {
      return elu(elu.alpha(), scratch);
    }
    if (spec instanceof LayerSpec.LeakyRelu leaky) {
      return leakyRelu(leaky.slope(), scratch);
    }
    if (spec instanceof LayerSpec.MaxPool pool) {
      long[] kernel = square(pool.kernel());
      long[] stride = square(pool.stride());
      return (x, pass) -> torch.max_pool2d(x, kernel, stride, NONE, ONE, false);
    }
    if (spec instanceof LayerSpec.AveragePool pool) {
      long[] kernel = square(pool.kernel());
      long[] stride = square(pool.stride());
      return (x, pass) ->
          torch.avg_pool2d(x, kernel, stride, NONE, false, true, new LongOptional());
    }
    if (spec instanceof LayerSpec.AdaptiveAveragePool pool) {
      return adaptiveAverage(pool.side());
    }
    if (spec instanceof LayerSpec.GlobalAveragePool) {
      return globalAverage();
    }
    if (spec instanceof LayerSpec.Flatten) {
      return flatten();
    }
    if (spec instanceof LayerSpec.Dense) {
      return dense(name);
    }
    return TextOperations.of(name, spec);
  }

  private static long[] square(int side) {
    return new long[] {side, side};
  }

  private static Layer convolution(String name, LayerSpec.Convolution spec) {
    String weight = name + ".weight";
    String bias = name + ".bias";
    long[] stride = square(spec.stride());
    long[] padding = square(spec.padding());
    Layer convolution =
        (x, pass) ->
            torch.conv2d(x, pass.parameter(weight), pass.optional(bias), stride, padding, ONE, 1);
    return spec.kernel() == 1 && spec.stride() > 1 && spec.padding() == 0
        ? pointwise(weight, bias, stride, convolution)
        : convolution;
  }

  /**
   * Of one position in so many, picked first on a CPU: for the whole, oneDNN writes behind the end
   * of its memory on processors that have AVX2 and not AVX-512.
   */
  private static Layer pointwise(String weight, String bias, long[] stride, Layer convolution) {
    return (x, pass) -> {
      if (!x.is_cpu()) {
        return convolution.forward(x, pass);
      }
      Tensor picked = torch.avg_pool2d(x, ONE, stride, NONE, false, true, new LongOptional());
      return torch.conv2d(picked, pass.parameter(weight), pass.optional(bias), ONE, NONE, ONE, 1);
    };
  }

  private static Layer batchNorm(String name) {
    String weight = name + ".weight";
    String bias = name + ".bias";
    String mean = name + ".running_mean";
    String variance = name + ".running_var";
    return (x, pass) -> {
      // Of one value alone the variance is not a number, and would stay so in the running one.
      boolean alone = pass.training() && x.numel() == x.size(1);
      return torch.batch_norm(
          x,
          pass.optional(weight),
          pass.optional(bias),
          alone ? new TensorOptional() : pass.statistic(mean),
          alone ? new TensorOptional() : pass.statistic(variance),
          pass.training(),
          MOMENTUM,
          EPSILON,
          true);
    };
  }

  private static Layer relu(boolean overwrites) {
    return overwrites ? (x, pass) -> x.relu_() : (x, pass) -> torch.relu(x);
  }

  private static Layer elu(double alpha, boolean overwrites) {
    return (x, pass) -> {
      Scalar below = new Scalar(alpha);
      Scalar one = new Scalar(1.0);
      return overwrites ? torch.elu_(x, below, one, one) : torch.elu(x, below, one, one);
    };
  }

  private static Layer leakyRelu(double slope, boolean overwrites) {
    return overwrites
        ? (x, pass) -> torch.leaky_relu_(x, new Scalar(slope))
        : (x, pass) -> torch.leaky_relu(x, new Scalar(slope));
  }

  private static Layer residual(String name, LayerSpec.Residual spec, Shape in) {
    Layer body = of(spec.body(name, in));
    Layer shortcut = of(spec.shortcut(name, in));
    return (x, pass) -> {
      Tensor main = body.forward(x, pass);
      Tensor side = shortcut.forward(x, pass);
      Tensor sum = main.add(side);
      release(main, x);
      release(side, x);
      return sum;
    };
  }

  private static Layer adaptiveAverage(long side) {
    return (x, pass) ->
        torch.adaptive_avg_pool2d(x, Math.min(side, x.size(2)), Math.min(side, x.size(3)));
  }

  private static Layer globalAverage() {
    return (x, pass) -> x.mean(new long[] {2, 3}, false, new ScalarTypeOptional());
  }

  /** Channel by channel, whatever the order in memory. */
  private static Layer flatten() {
    return (x, pass) -> x.flatten(1, -1);
  }

  private static Layer dense(String name) {
    String weight = name + ".weight";
    String bias = name + ".bias";
    return (x, pass) -> torch.linear(x, pass.parameter(weight), pass.optional(bias));
  }
}
